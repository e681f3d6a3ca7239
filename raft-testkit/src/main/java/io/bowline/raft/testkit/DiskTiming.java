package io.bowline.raft.testkit;

/** How long one machine's forces take: usually a draw, now and then a stall. */
final class DiskTiming {
  private final Prng random;
  private final long meanNanos;
  private long stalledUntil;

  DiskTiming(Prng random, long meanNanos) {
    this.random = random;
    this.meanNanos = meanNanos;
  }

  void stallUntil(long time) {
    stalledUntil = Math.max(stalledUntil, time);
  }

  boolean isStalledAt(long now) {
    return stalledUntil > now;
  }

  long nextForce(long now) {
    return Math.max(0, stalledUntil - now) + meanNanos / 4 + random.exponential(meanNanos);
  }
}
