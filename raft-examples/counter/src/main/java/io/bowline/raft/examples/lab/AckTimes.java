package io.bowline.raft.examples.lab;

import java.time.Duration;
import java.util.Arrays;

/** When acknowledgements came, on the clock of System.nanoTime. Safe from any thread. */
public final class AckTimes {
  private long[] times = new long[1 << 12]; // guarded by this, as all below
  private int count;

  /** One came now. */
  public void add() {
    add(System.nanoTime());
  }

  /** One came then. */
  public synchronized void add(long nanos) {
    if (count == times.length) {
      times = Arrays.copyOf(times, 2 * count);
    }
    times[count++] = nanos;
  }

  /** How many came. */
  public synchronized int count() {
    return count;
  }

  /** The first one after that instant; 0 if there is none. */
  public synchronized long firstAfter(long instantNanos) {
    return Arrays.stream(times, 0, count).filter(nanos -> nanos - instantNanos > 0).min().orElse(0);
  }

  /** The longest time without an acknowledgement that ended after that instant. */
  public synchronized Duration gapAfter(long instantNanos) {
    long[] sorted = Arrays.copyOf(times, count);
    Arrays.sort(sorted);
    long longest = 0;
    for (int i = 1; i < count; i++) {
      if (sorted[i] - instantNanos > 0) {
        longest = Math.max(longest, sorted[i] - sorted[i - 1]);
      }
    }
    return Duration.ofNanos(longest);
  }
}
