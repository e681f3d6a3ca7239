package io.bowline.raft.testkit.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.testkit.FaultSchedule;
import io.bowline.raft.testkit.RunPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Runs whose outcome is a rule of the plan, so that the smallest failing one is known. */
class ShrinkerTest {
  private static final FaultSchedule RECORDED =
      FaultSchedule.parse(
          """
          1s for 2s Crash node=n1
          2s for 1s Crash node=n2
          3s for 1s SlowPath from=n1 to=n5 factor=7
          4s for 8s PowerCut node=n3 survival=0.5
          5s for 1s Crash node=n1
          6s for 1s DiskFull node=n5
          """);

  private final List<String> told = new ArrayList<>();

  /** Fails with one check while the rule holds, with another when there are no faults at all. */
  private Shrinker.Shrunk shrink(Predicate<RunPlan> rule) {
    RunPlan plan = RunPlan.of(7);
    CampaignFailure found = new CampaignFailure(plan, "LIVENESS", 1, "found");
    return new Shrinker(found, p -> replay(p, rule), told::add).shrink();
  }

  private static Replay replay(RunPlan plan, Predicate<RunPlan> rule) {
    RunPlan full =
        plan.schedule() == null ? plan.withNodes(5).withClients(4).withSchedule(RECORDED) : plan;
    CampaignFailure failure =
        rule.test(full) ? new CampaignFailure(plan, "LIVENESS", 1, "stuck") : null;
    return new Replay(failure, full.schedule(), full.nodes(), full.clients(), 300);
  }

  private static List<String> kinds(RunPlan plan) {
    FaultSchedule schedule = plan.schedule();
    return schedule == null
        ? List.of()
        : schedule.strikes().stream().map(strike -> strike.fault().kind()).toList();
  }

  @Test
  void onlyTheFaultsThatMatterAreLeft() {
    Shrinker.Shrunk shrunk =
        shrink(plan -> kinds(plan).contains("PowerCut") && kinds(plan).contains("Crash"));

    assertThat(kinds(shrunk.failure().plan())).containsExactlyInAnyOrder("Crash", "PowerCut");
    assertThat(shrunk.reproduced()).isTrue();
    assertThat(shrunk.strikesBefore()).isEqualTo(6);
  }

  @Test
  void machinesThatNoFaultThatMattersNamesAreDropped() {
    Shrinker.Shrunk shrunk = shrink(plan -> kinds(plan).contains("PowerCut") && plan.nodes() >= 3);

    assertThat(shrunk.failure().plan().nodes()).isEqualTo(3);
    assertThat(shrunk.failure().plan().clients()).isEqualTo(1);
  }

  @Test
  void theFewestOperationsAreFound() {
    Shrinker.Shrunk shrunk = shrink(plan -> plan.maxOperations() >= 37);

    assertThat(shrunk.failure().plan().maxOperations()).isEqualTo(37);
    assertThat(kinds(shrunk.failure().plan())).isEmpty();
  }

  @Test
  void faultsBecomeShorterAndEarlier() {
    Shrinker.Shrunk shrunk = shrink(plan -> kinds(plan).contains("PowerCut"));

    FaultSchedule.Strike strike = strikes(shrunk).get(0);
    assertThat(strike.lengthNanos()).isLessThan(1_000_000);
    assertThat(strike.atNanos()).isLessThan(1_000_000);
  }

  private static List<FaultSchedule.Strike> strikes(Shrinker.Shrunk shrunk) {
    FaultSchedule schedule = shrunk.failure().plan().schedule();
    return schedule == null ? List.of() : schedule.strikes();
  }

  @Test
  void anotherCheckIsAnotherFailure() {
    Predicate<RunPlan> never = plan -> kinds(plan).size() == 6;
    Shrinker.Shrunk shrunk =
        new Shrinker(
                new CampaignFailure(RunPlan.of(7), "LIVENESS", 1, "found"),
                plan -> withOtherCheckIfSmaller(plan, never),
                told::add)
            .shrink();

    assertThat(kinds(shrunk.failure().plan())).hasSize(6);
  }

  private static Replay withOtherCheckIfSmaller(RunPlan plan, Predicate<RunPlan> rule) {
    Replay replay = replay(plan, rule);
    CampaignFailure other = new CampaignFailure(plan, "ELECTION_SAFETY", 1, "another");
    @Nullable CampaignFailure failure = replay.failure() == null ? other : replay.failure();
    return new Replay(
        failure, replay.schedule(), replay.nodes(), replay.clients(), replay.operations());
  }

  @Test
  void whatTheRecordedFaultsDoNotShowStaysAsItWas() {
    Shrinker.Shrunk shrunk = shrink(plan -> false);

    assertThat(shrunk.reproduced()).isFalse();
    assertThat(shrunk.failure().plan()).isEqualTo(RunPlan.of(7));
  }

  @Test
  void itTellsEachReplayAndEndsAtTheCap() {
    int[] runs = {0};
    Shrinker.Shrunk shrunk =
        new Shrinker(
                new CampaignFailure(RunPlan.of(7), "LIVENESS", 1, "found"),
                plan -> replay(plan, p -> runs[0]++ % 2 == 0 || RECORDED.equals(p.schedule())),
                told::add)
            .shrink();

    assertThat(shrunk.replays()).isLessThanOrEqualTo(Shrinker.MOST_REPLAYS);
    assertThat(told).hasSize(shrunk.replays() - 1);
    assertThat(told.get(0)).startsWith("replay 2 of at most 500: the recorded faults suffices");
  }

  @Test
  void whatIsKeptReadsBackAndMakesATest() {
    CampaignFailure failure = shrink(plan -> kinds(plan).contains("PowerCut")).failure();
    RunPlan plan = failure.plan();

    assertThat(PlanFile.parse(PlanFile.format(plan))).isEqualTo(plan);
    assertThat(Regression.testMethod(failure))
        .contains("void livenessHolds()", ".withNodes(3)", "PowerCut node=n3 survival=0.5");
  }
}
