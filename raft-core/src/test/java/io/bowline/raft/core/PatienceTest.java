package io.bowline.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Nobody loses patience while a ballot is on its way to the disk: three nodes with default settings
 * (t = 1 s, drawn from [t, 2t)) and forces of that many ms, of which a ballot takes two.
 */
class PatienceTest {
  private static final int SEEDS = 25;

  @ParameterizedTest
  @CsvSource({"10, 2500", "300, 6000", "450, 8000", "700, 10000", "900, 12000"})
  void slowDisksElectALeaderAndKeepIt(long forceMs, long electedWithinMs) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      SlowGroup group = new SlowGroup(seed, forceMs);

      assertThat(group.elected(electedWithinMs)).as("seed %s", seed).isLessThan(electedWithinMs);

      group.run(10_000, 100); // whoever campaigned beside it has given in
      long term = group.term();
      long commit = group.commitIndex();
      group.run(60_000, 100);
      assertThat(group.term()).as("seed %s: kept", seed).isEqualTo(term);
      assertThat(group.leader()).isNotNull();
      assertThat(group.commitIndex()).isGreaterThan(commit + 400);
    }
  }
}
