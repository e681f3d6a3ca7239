package io.bowline.raft.testkit;

/**
 * A machine's monotonic clock: an offset of its own, and a rate a little off the true one. It never
 * steps; it stands still while the machine is suspended.
 */
final class SimulatedClock {
  private static final long MILLION = 1_000_000;

  /** Further ahead nobody means to wait: a sum has overflowed. */
  private static final long YEAR_NANOS = 365L * 24 * 3_600 * 1_000_000_000L;

  private final long ownRate;
  private long partsPerMillion;
  private long baseTime;
  private long baseShown;

  /**
   * A clock that shows {@code offset} at the beginning of time.
   *
   * @param partsPerMillion how much too fast it runs
   */
  SimulatedClock(long offset, long partsPerMillion) {
    this.ownRate = partsPerMillion;
    this.partsPerMillion = partsPerMillion;
    this.baseShown = offset;
  }

  /** What it shows at that true time. */
  long read(long time) {
    if (time < baseTime) {
      return baseShown; // it stands still
    }
    long passed = time - baseTime;
    // parts of the sum, so that no product of nanoseconds overflows within centuries
    long seconds = passed / 1_000_000_000L;
    long rest = passed % 1_000_000_000L;
    return baseShown
        + passed
        + seconds * partsPerMillion * 1_000L
        + Math.floorDiv(rest * partsPerMillion, MILLION);
  }

  /** From now on it runs too fast by so much; 0 for the rate it was made with. */
  void rate(long newPartsPerMillion, long now) {
    if (now >= baseTime) {
      baseShown = read(now);
      baseTime = now;
    }
    partsPerMillion = newPartsPerMillion == 0 ? ownRate : newPartsPerMillion;
  }

  /** It stands still for so long. */
  void suspend(long nanos, long now) {
    baseShown = read(now);
    baseTime = Math.max(baseTime, now + nanos);
  }

  /** It goes on, if it stands. */
  void goOn(long now) {
    baseTime = Math.min(baseTime, now);
  }

  /** Until that true time it stands; in the past if it goes. */
  long standsUntil() {
    return baseTime;
  }

  /** The first true time, at or behind {@code now}, at which it shows the deadline. */
  long trueTimeOf(long deadline, long now) {
    long time = Math.max(now, baseTime);
    long shown = read(time);
    if (deadline - shown > YEAR_NANOS) {
      throw new AssertionError(
          "a timer for " + deadline + " ns at " + shown + " ns: its deadline has overflowed");
    }
    while (deadline - shown > 0) {
      long ahead = deadline - shown;
      time += Math.max(1, ahead - ahead / 8); // slower than any rate that is drawn
      shown = read(time);
    }
    return time;
  }
}
