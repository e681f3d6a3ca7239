package io.bowline.raft.testkit;

import java.util.EnumSet;
import java.util.Set;

/** Draws what befalls a group while it is founded, and its directories later. */
final class FoundingMix {
  /** In so many seeds of twelve; 0 switches all of it off. */
  static final int SEEDS_OF_TWELVE = 3;

  /** What only these faults bring about. */
  static final Set<Mark> MARKS =
      EnumSet.of(
          Mark.STARTED_LATE,
          Mark.COPY_RETURNED,
          Mark.DIRECTORY_FLIPPED,
          Mark.WIPED_BEFORE_FOUNDING);

  private static final long SECOND = 1_000_000_000L;

  private final FaultMix mix;
  private final Nemesis nemesis;
  private final Cluster cluster;
  private final Prng random;

  FoundingMix(FaultMix mix, Nemesis nemesis, Cluster cluster, Prng random) {
    this.mix = mix;
    this.nemesis = nemesis;
    this.cluster = cluster;
    this.random = random;
  }

  private boolean isOn() {
    return random.nextInt(12) < SEEDS_OF_TWELVE;
  }

  void begin() {
    if (isOn()) {
      startLate();
    }
    mix.once(isOn(), SECOND, () -> new DamageFault.Wipe(mix.anyNode()), 0.1, 5);
    mix.plague(isOn(), draw(3, 20), this::copy, 2, 20);
    mix.plague(isOn(), draw(3, 20), this::flip, 1, 2);
  }

  private long draw(int lowSeconds, int highSeconds) {
    return random.logUniform(lowSeconds * SECOND, highSeconds * SECOND);
  }

  /** One of them, or several, or all but one. */
  private void startLate() {
    for (int slot = 0; slot < cluster.size(); slot++) {
      if (random.nextInt(3) == 0) {
        long late = random.logUniform(SECOND / 10, 15 * SECOND);
        nemesis.strike(new DirectoryFault.StartsLate(cluster.id(slot), late), late);
      }
    }
  }

  private Fault copy() {
    int[] starts = {1, 2, 10};
    return new DirectoryFault.CopyDirectory(
        mix.anyNode(), starts[random.nextInt(starts.length)], random.nextBoolean());
  }

  private Fault flip() {
    return new DirectoryFault.Flip(mix.anyNode(), random.logUniform(SECOND / 5, 10 * SECOND));
  }
}
