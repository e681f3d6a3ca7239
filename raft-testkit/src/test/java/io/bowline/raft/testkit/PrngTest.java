package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrngTest {
  @Test
  void whatWasMixedCanBeUnmixed() {
    Prng prng = new Prng(4);
    for (int i = 0; i < 1_000; i++) {
      long value = prng.nextLong();
      assertThat(Prng.unmix(Prng.mix(value))).isEqualTo(value);
    }
  }

  @Test
  void theSequenceOfASeedIsFixedForGood() {
    Prng prng = new Prng(0x5DEE);

    assertThat(new long[] {prng.nextLong(), prng.nextLong(), prng.nextLong()})
        .containsExactly(FIRST, SECOND, THIRD);
  }

  private static final long FIRST = 0x3a2ef2b644a59831L;
  private static final long SECOND = 0x045aa7285aa8dbc2L;
  private static final long THIRD = 0x23baa51ea7b22a5eL;

  @Test
  void aSplitDoesNotDependOnWhatWasDrawnBefore() {
    Prng early = new Prng(7);
    long expected = early.split("disk").nextLong();

    early.nextLong();

    assertThat(early.split("disk").nextLong()).isEqualTo(expected);
  }

  @Test
  void splitsByDifferentNamesDiffer() {
    Prng prng = new Prng(7);

    assertThat(prng.split("disk").nextLong()).isNotEqualTo(prng.split("disl").nextLong());
    assertThat(prng.split("a").split("b").nextLong())
        .isNotEqualTo(prng.split("b").split("a").nextLong());
  }

  @Test
  void boundedDrawsStayWithinTheirBoundsAndReachThem() {
    Prng prng = new Prng(1);
    boolean[] seen = new boolean[7];

    for (int i = 0; i < 1000; i++) {
      seen[prng.nextInt(7)] = true;
      assertThat(prng.nextInt(-3, 4)).isBetween(-3, 3);
      assertThat(prng.nextLong(5)).isBetween(0L, 4L);
      assertThat(prng.nextLong(100, 101)).isEqualTo(100L);
      assertThat(prng.nextDouble()).isBetween(0.0, 1.0);
      assertThat(prng.logUniform(50, 10_000)).isBetween(50L, 10_000L);
    }

    assertThat(seen).containsOnly(true);
  }

  @Test
  void anExponentialDrawHasItsMean() {
    Prng prng = new Prng(2);
    long sum = 0;

    for (int i = 0; i < 20_000; i++) {
      sum += prng.exponential(1_000_000);
    }

    assertThat(sum / 20_000).isBetween(970_000L, 1_030_000L);
  }

  @Test
  void whatCannotHappenDrawsNothing() {
    Prng prng = new Prng(3);

    assertThat(prng.chance(0)).isFalse();
    assertThat(prng.draws()).isZero();
  }
}
