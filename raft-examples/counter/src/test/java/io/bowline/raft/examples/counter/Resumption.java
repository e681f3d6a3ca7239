package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How long a cluster did not serve, over some rounds: 2t in the median of ten, 4t at worst. */
final class Resumption {
  /**
   * One election in some twenty is split and takes another timeout (§5.2): the median of fewer
   * rounds says what was drawn, and not what the cluster does.
   */
  private static final int ROUNDS_OF_A_MEDIAN = 10;

  private final String what;
  private final List<Duration> gaps = new ArrayList<>();

  Resumption(String what) {
    this.what = what;
  }

  void add(Duration gap) {
    gaps.add(gap);
  }

  void assertWithinBounds() {
    List<Duration> sorted = gaps.stream().sorted().toList();
    Duration lower = sorted.get((sorted.size() - 1) / 2);
    Duration median = lower.plus(sorted.get(sorted.size() / 2)).dividedBy(2);
    System.out.println(
        what
            + ": median "
            + median.toMillis()
            + " ms of "
            + gaps.stream().map(Duration::toMillis).toList());
    if (gaps.size() >= ROUNDS_OF_A_MEDIAN) {
      assertThat(median)
          .as("median of %s", what)
          .isLessThanOrEqualTo(ChaosCluster.ELECTION_TIMEOUT.multipliedBy(2));
    }
    assertThat(Collections.max(gaps))
        .as("worst of %s", what)
        .isLessThanOrEqualTo(ChaosCluster.ELECTION_TIMEOUT.multipliedBy(4));
  }
}
