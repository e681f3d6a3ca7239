package io.bowline.raft.runtime;

import io.bowline.raft.model.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * How fast the apply stage has been of late, and so how long what waits for it would wait. A call
 * that would be out of time when its turn comes is better refused than taken: a refusal is certain.
 * The apply stage writes; anybody reads.
 */
final class ApplyPace {
  private static final int LEAST_BATCH = 64;

  /** So many may always wait: without them nobody would learn that apply is fast again. */
  private static final int LEAST_WAITING = 8;

  private static final long TURN_NANOS = 50_000_000L;
  private static final long NOT_BUSY = Long.MIN_VALUE;

  /** What one piece has cost, of late: time and pieces of the newest stretch of work. */
  private final class Cost {
    private long busyNanos;
    private long pieces;
    private volatile double nanosEach;
    private volatile boolean isKnown;

    void add(long nanos, long count) {
      busyNanos += nanos;
      pieces += count;
      while (busyNanos > mostWaitNanos / 2 && pieces > 1) {
        busyNanos /= 2;
        pieces = (pieces + 1) / 2;
      }
      nanosEach = (double) busyNanos / pieces;
      isKnown = busyNanos > mostWaitNanos / 8; // less is chance: a first call, one collection
    }

    double of(long count) {
      double most = (double) mostWaitNanos / LEAST_WAITING;
      return isKnown ? Math.min(nanosEach, most) * count : 0;
    }
  }

  private final long mostWaitNanos;
  private final Cost entries = new Cost();
  private final Cost queries = new Cost();
  private volatile long busySince = NOT_BUSY;
  private volatile long target;
  private volatile long applied;

  ApplyPace(long mostWaitNanos) {
    this.mostWaitNanos = mostWaitNanos;
  }

  /** Everything up to there waits for apply. */
  void target(long index) {
    target = index;
  }

  /** The state machine is called. */
  void begins(long nowNanos) {
    busySince = nowNanos;
  }

  /** It returned from so many entries, up to {@code lastApplied}. */
  void applied(int count, long lastApplied, long nowNanos) {
    entries.add(nowNanos - busySince, count);
    applied = lastApplied;
    busySince = NOT_BUSY;
  }

  /** It returned from so many queries. */
  void answered(int count, long nowNanos) {
    queries.add(nowNanos - busySince, count);
    busySince = NOT_BUSY;
  }

  /** Why a call that comes behind so many should not be taken; null if it will be in time. */
  @Nullable Refusal refusal(int proposals, int reads, long nowNanos) {
    double wait = entries.of(Math.max(proposals, target - applied)) + queries.of(reads);
    long since = busySince;
    if (since != NOT_BUSY) {
      wait += nowNanos - since;
    }
    if (wait <= mostWaitNanos) {
      return null;
    }
    return new Refusal.Overloaded(
        "applyBacklogMillis", mostWaitNanos / 1_000_000, (long) (wait / 1_000_000));
  }

  /** How many entries one turn may take: few while nobody knows, then so many as take a moment. */
  long turnEntries() {
    double each = entries.nanosEach;
    if (entries.pieces == 0) {
      return LEAST_BATCH;
    }
    return each * Integer.MAX_VALUE <= TURN_NANOS
        ? Integer.MAX_VALUE
        : Math.max(1, (long) (TURN_NANOS / each));
  }

  /** Whether a turn that began then has had its time. */
  static boolean isOver(long startedNanos, long nowNanos) {
    return nowNanos - startedNanos > TURN_NANOS;
  }
}
