package io.bowline.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Thousands of schedules over real cores; {@code -Dschedules=N -DfirstSchedule=SEED} for more. */
class RandomScheduleTest {
  private static final int STEPS = 600;

  @Test
  void whatRaftPromisesHoldsInEverySchedule() {
    long first = Long.getLong("firstSchedule", 1);
    int reads = 0;
    long committed = 0;
    int schedules = Integer.getInteger("schedules", 500);
    for (long seed = first; seed < first + schedules; seed++) {
      RandomCluster cluster = new RandomCluster(seed);
      try {
        cluster.run(STEPS);
        cluster.settle();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "-DfirstSchedule=" + seed + " -Dschedules=1\n" + cluster.describe(), e);
      }
      reads += cluster.readsServed;
      committed += cluster.promises.committed();
    }

    assertThat(reads).isGreaterThan(schedules / 10);
    assertThat(committed).isGreaterThan(schedules);
  }
}
