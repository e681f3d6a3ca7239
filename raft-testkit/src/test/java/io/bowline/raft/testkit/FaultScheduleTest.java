package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What struck can be written down, read back and let strike again. */
class FaultScheduleTest {
  private static final long SEED = 0x60;

  private static RunReport run(RunPlan plan) {
    return new SimulatedRun(plan, RunObserver.NONE).run();
  }

  @Test
  void aStrikeIsOneReadableLine() {
    FaultSchedule schedule =
        FaultSchedule.parse(
            """
            # a comment
            12.345678s for 2.5s Partition side=n1,n2 out=true in=false

            13s for 0s CrashInCall node=n3 changes=4 survival=NaN
            """);

    assertThat(schedule.strikes()).hasSize(2);
    assertThat(schedule.strikes().get(0).atNanos()).isEqualTo(12_345_678_000L);
    assertThat(schedule.format())
        .isEqualTo(
            """
            12.345678s for 2.5s Partition side=n1,n2 out=true in=false
            13s for 0s CrashInCall node=n3 changes=4 survival=NaN
            """);
    assertThat(FaultSchedule.parse(schedule.format())).isEqualTo(schedule);
  }

  @Test
  void whatIsNoStrikeIsRefusedWithItsLine() {
    for (String line :
        List.of(
            "1s for 2s Earthquake node=n1",
            "1s for 2s Crash",
            "1s for 2s Crash node=n1 hard=true",
            "1s until 2s Crash node=n1",
            "1ms for 2s Crash node=n1",
            "-1s for 2s Crash node=n1",
            "1s for 2s Partition side=n1 out=perhaps in=true")) {
      assertThatThrownBy(() -> FaultSchedule.parse(line))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(line);
    }
  }

  @Test
  void whatStruckStrikesAgain() {
    RunReport drawn = run(RunPlan.of(SEED));
    FaultSchedule written = FaultSchedule.parse(drawn.schedule().format());
    RunReport again = run(RunPlan.of(SEED).withSchedule(written));

    assertThat(drawn.schedule().strikes()).isNotEmpty();
    assertThat(again.schedule()).isEqualTo(drawn.schedule());
    assertThat(again.faults()).isEqualTo(drawn.faults());
    assertThat(again.passed()).isTrue();
  }

  @Test
  void anEmptyScheduleLetsNothingStrike() {
    RunReport report = run(RunPlan.of(SEED).withSchedule(FaultSchedule.none()));

    assertThat(report.faults()).isEmpty();
    assertThat(report.passed()).isTrue();
  }

  @Test
  void onlyFaultsOfTheAreasAskedForStrike() {
    for (FaultArea area : FaultArea.values()) {
      RunReport report = run(RunPlan.of(SEED).withAreas(java.util.EnumSet.of(area)));

      assertThat(report.schedule().strikes()).allMatch(strike -> strike.fault().area() == area);
    }
  }

  @Test
  void whoLooksOnChangesNothing() {
    long[] seen = new long[3];
    RunObserver observer =
        new RunObserver() {
          @Override
          public void message(long id, long sentNanos, int from, int to, String type, String text) {
            seen[0]++;
          }

          @Override
          public void delivered(long id, long atNanos) {
            seen[1]++;
          }

          @Override
          public void fault(long atNanos, long untilNanos, String text) {
            seen[2]++;
          }
        };

    RunReport observed = new SimulatedRun(RunPlan.of(SEED), observer).run();

    assertThat(observed).isEqualTo(run(RunPlan.of(SEED)));
    assertThat(seen[0]).isGreaterThanOrEqualTo(seen[1]);
    assertThat(seen[1]).isPositive();
    assertThat(seen[2]).isEqualTo(observed.schedule().strikes().size());
  }
}
