package io.bowline.raft.testkit;

/** A machine's monotonic clock: an offset of its own, and a rate a little off the true one. */
final class SimulatedClock {
  private static final long MILLION = 1_000_000;

  private final long offset;
  private final long partsPerMillion;

  /**
   * A clock that shows {@code offset} at the beginning of time.
   *
   * @param partsPerMillion how much too fast it runs
   */
  SimulatedClock(long offset, long partsPerMillion) {
    this.offset = offset;
    this.partsPerMillion = partsPerMillion;
  }

  /** What it shows at that true time. */
  long read(long time) {
    // parts of the sum, so that no product of nanoseconds overflows within centuries
    long seconds = time / 1_000_000_000L;
    long rest = time % 1_000_000_000L;
    return offset
        + time
        + seconds * partsPerMillion * 1_000L
        + Math.floorDiv(rest * partsPerMillion, MILLION);
  }

  /** The first true time, at or behind {@code now}, at which it shows the deadline. */
  long trueTimeOf(long deadline, long now) {
    long shown = read(now);
    long time = now;
    while (deadline - shown > 0) {
      long ahead = deadline - shown;
      time += Math.max(1, ahead - ahead / 8); // slower than any rate that is drawn
      shown = read(time);
    }
    return time;
  }
}
