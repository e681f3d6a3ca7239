package io.bowline.raft.grpc;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** How long to wait before the next attempt: 50 ms, doubled up to 2 s, less up to half of it. */
final class Backoff {
  private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  static final long SHORTEST_NANOS = FIRST_NANOS / 2;
  static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(2);

  private long nanos = FIRST_NANOS;

  /** The next pause. Jittered, so that nodes that lost each other at once do not dial at once. */
  synchronized long nextNanos() {
    long pause = ThreadLocalRandom.current().nextLong(nanos / 2, nanos + 1);
    nanos = Math.min(nanos * 2, LONGEST_NANOS);
    return pause;
  }

  /** The other side is there: begin anew. */
  synchronized void reset() {
    nanos = FIRST_NANOS;
  }
}
