package io.bowline.raft.testkit.junit;

import io.bowline.raft.testkit.Application;
import io.bowline.raft.testkit.RunObserver;
import io.bowline.raft.testkit.RunPlan;
import io.bowline.raft.testkit.RunReport;
import io.bowline.raft.testkit.SimulatedRun;
import io.bowline.raft.testkit.SimulationFailure;

/**
 * A simulated cluster of one seed, for a method with {@link SimTest}. It runs when it is told to,
 * on the thread that calls; each run begins with a new cluster, so two runs are two clusters.
 */
public final class SimCluster {
  private final RunPlan plan;
  private final Failure failure;
  private boolean used;

  SimCluster(RunPlan plan, Failure failure) {
    this.plan = plan;
    this.failure = failure;
  }

  /** What the annotation and the seed say; change it and give it to the other {@code run}. */
  public RunPlan plan() {
    return plan;
  }

  /**
   * Starts the cluster, lets clients ask and faults strike, heals everything and waits until it has
   * come to rest. All checks of the testkit hold at each step, and those of the application.
   *
   * @return what became of the run, for assertions of one's own
   * @throws AssertionError if a check has seen what must not be: which, how to see it again, a
   *     smaller schedule that shows it, and where a picture of it lies
   */
  public RunReport run(Application<?, ?> application) {
    return run(plan, application);
  }

  /** The same with a plan of one's own, made of {@link #plan()}. */
  public RunReport run(RunPlan changed, Application<?, ?> application) {
    used = true;
    RunReport report;
    try {
      report = new SimulatedRun(changed, RunObserver.NONE, application).run();
    } catch (RuntimeException | AssertionError thrown) {
      throw failure.of(changed, application, Failure.UNCAUGHT, 0, thrown);
    }
    SimulationFailure seen = report.failure();
    if (seen != null) { // what was drawn, pinned: the same run
      RunPlan drawn = changed.withNodes(report.nodes()).withClients(report.clients());
      throw failure.of(drawn, application, seen.check(), seen.step(), seen);
    }
    return report;
  }

  /** Whether anything was run: a test that runs nothing shows nothing. */
  boolean isUsed() {
    return used;
  }
}
