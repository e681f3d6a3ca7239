package io.bowline.raft.testkit;

import java.time.Duration;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One seed from beginning to end: a cluster drawn by it, clients and faults for a while, then
 * everything is healed and must come to rest in the same state, within a bound that the seed's own
 * settings give.
 */
public final class SimulatedRun {
  private static final long SECOND = 1_000_000_000L;

  private final RunPlan plan;
  private final Simulation simulation;
  private final Cluster cluster;
  private final Nemesis nemesis;
  private final ClusterSettings settings;

  /**
   * The run of that plan.
   *
   * @param observer looks on; {@link RunObserver#NONE} if nobody does
   */
  public SimulatedRun(RunPlan plan, RunObserver observer) {
    this(plan, observer, new Ledger());
  }

  /**
   * The run of that plan over an application of one's own.
   *
   * @param observer looks on; {@link RunObserver#NONE} if nobody does
   * @param application what runs over the cluster
   */
  public SimulatedRun(RunPlan plan, RunObserver observer, Application<?, ?> application) {
    this(plan, observer, application, null);
  }

  /** The same with a written trace, for who debugs the simulator itself. */
  SimulatedRun(RunPlan plan, RunObserver observer, @Nullable Appendable text) {
    this(plan, observer, new Ledger(), text);
  }

  private SimulatedRun(
      RunPlan plan,
      RunObserver observer,
      Application<?, ?> application,
      @Nullable Appendable text) {
    this.plan = plan;
    this.simulation = new Simulation(plan.seed(), text);
    simulation.observe(observer);
    int drawn = voters(simulation.random("voters"));
    int nodes = plan.nodes() == 0 ? drawn : plan.nodes();
    this.settings = ClusterSettings.draw(simulation.random("settings"), nodes, plan.clients());
    this.cluster = new Cluster(simulation, settings, application);
    this.nemesis = new Nemesis(simulation, cluster, plan);
  }

  /** Mostly what people run, and now and then each other size. */
  private static int voters(Prng random) {
    int[] sizes = {1, 2, 3, 3, 3, 3, 3, 3, 4, 5, 5, 5, 5, 6, 7, 7};
    return sizes[random.nextInt(sizes.length)];
  }

  Simulation simulation() {
    return simulation;
  }

  Cluster cluster() {
    return cluster;
  }

  Nemesis nemesis() {
    return nemesis;
  }

  /**
   * Runs it, once.
   *
   * @return what became of it; what a check has seen stands there and is not thrown
   */
  public RunReport run() {
    SimulationFailure failure = null;
    try {
      play();
    } catch (SimulationFailure seen) {
      failure = seen;
    }
    return report(failure);
  }

  /**
   * Runs it.
   *
   * @throws SimulationFailure if a check has seen what must not be
   */
  void play() {
    cluster.start();
    nemesis.begin();
    Prng random = simulation.random("length");
    simulation.run(Duration.ofNanos(random.nextLong(10, 40) * SECOND));
    nemesis.stop();
    cluster.heal();
    settle();
  }

  private RunReport report(@Nullable SimulationFailure failure) {
    return new RunReport(
        plan.seed(),
        simulation.trace().hash(),
        simulation.trace().events(),
        simulation.now(),
        cluster.history().calls().size(),
        new TreeMap<>(nemesis.struck()),
        new TreeMap<>(),
        nemesis.schedule(),
        failure,
        settings.nodes().size(),
        settings.clients().size());
  }

  /** Everything is healed: calls end, nodes catch up, all within the bound. */
  private void settle() {
    long bound = livenessBound();
    long limit = simulation.now() + bound;
    cluster.history().end();
    boolean rests = false;
    while (!rests) {
      if (!simulation.stepBefore(limit)) {
        throw simulation.failure("LIVENESS", unrest(bound));
      }
      rests = isAtRest();
    }
    for (SimulatedNode node : cluster.nodes()) {
      node.requireWhole();
    }
  }

  /** DESIGN 6 and 7 in numbers: elections, then the missing bytes by what a window lets through. */
  private long livenessBound() {
    long electionTimeout = 0;
    long forces = 0;
    long window = Long.MAX_VALUE;
    long pauses = 0;
    for (SimulatedNode node : cluster.nodes()) {
      NodeSettings own = node.settings();
      electionTimeout = Math.max(electionTimeout, own.electionTimeoutNanos());
      forces = Math.max(forces, own.forceNanos());
      window = Math.min(window, own.maxBatchBytes());
      pauses = Math.max(pauses, node.pausedUntil() - simulation.now());
    }
    long calls = 0;
    for (ClientSettings client : settings.clients()) {
      calls = Math.max(calls, client.timeoutNanos());
    }
    long bytes = cluster.history().bytes();
    long roundTrip = 3 * forces + 10_000_000L * settings.nodes().size();
    return 20 * 2 * electionTimeout
        + calls
        + Math.max(0, pauses)
        + (bytes / window + 100) * roundTrip;
  }

  private boolean isAtRest() {
    if (cluster.history().pending() > 0) {
      return false;
    }
    for (SimulatedNode node : cluster.nodes()) {
      if (!node.isUp()
          || node.lastApplied() < cluster.ghost().lastIndex()
          || !cluster.protocol().hasAll(node.slot())) {
        return false;
      }
    }
    return true;
  }

  private String unrest(long bound) {
    StringBuilder what = new StringBuilder();
    what.append("not at rest ").append(bound / 1e9).append(" s after everything was healed: ");
    what.append(cluster.history().pending()).append(" calls wait, applied");
    for (SimulatedNode node : cluster.nodes()) {
      what.append(' ').append(node.lastApplied());
    }
    return what.append(" of ").append(cluster.ghost().lastIndex()).toString();
  }
}
