package io.bowline.raft.client;

import java.util.random.RandomGenerator;

/** How long to wait before the next try: doubles from one failure to the next, with jitter. */
final class RetryPolicy {
  private static final int MOST_DOUBLINGS = 20;

  private final RandomGenerator random;
  private final long firstNanos;
  private final long mostNanos;
  private int failures;

  RetryPolicy(RandomGenerator random, long firstNanos, long mostNanos) {
    this.random = random;
    this.firstNanos = firstNanos;
    this.mostNanos = mostNanos;
  }

  /** The next pause: a random part, at least half, of a length that doubles up to the most. */
  long backOffNanos() {
    long length = Math.min(mostNanos, firstNanos << Math.min(failures, MOST_DOUBLINGS));
    failures++;
    return length / 2 + random.nextLong(length / 2 + 1);
  }

  void succeeded() {
    failures = 0;
  }
}
