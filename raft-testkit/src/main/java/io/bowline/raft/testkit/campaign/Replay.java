package io.bowline.raft.testkit.campaign;

import io.bowline.raft.testkit.Application;
import io.bowline.raft.testkit.FaultSchedule;
import io.bowline.raft.testkit.RunObserver;
import io.bowline.raft.testkit.RunPlan;
import io.bowline.raft.testkit.RunReport;
import io.bowline.raft.testkit.SimulatedRun;
import io.bowline.raft.testkit.SimulationFailure;
import org.jspecify.annotations.Nullable;

/**
 * What a shrinker needs to know of a run.
 *
 * @param schedule what struck; {@code null} if the run itself threw
 */
record Replay(
    @Nullable CampaignFailure failure,
    @Nullable FaultSchedule schedule,
    int nodes,
    int clients,
    long operations) {

  static Replay of(RunPlan plan) {
    return of(plan, new SimulatedRun(plan, RunObserver.NONE));
  }

  static Replay of(RunPlan plan, Application<?, ?> application) {
    return of(plan, new SimulatedRun(plan, RunObserver.NONE, application));
  }

  private static Replay of(RunPlan plan, SimulatedRun run) {
    try {
      RunReport report = run.run();
      SimulationFailure seen = report.failure();
      return new Replay(
          seen == null ? null : CampaignFailure.of(plan, seen),
          report.schedule(),
          report.nodes(),
          report.clients(),
          report.operations());
    } catch (RuntimeException | Error thrown) {
      return new Replay(CampaignFailure.uncaught(plan, thrown), null, 0, 0, 0);
    }
  }
}
