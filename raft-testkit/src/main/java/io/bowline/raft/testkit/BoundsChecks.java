package io.bowline.raft.testkit;

import io.bowline.raft.model.EntryBatch;
import java.util.ArrayDeque;

/**
 * What is configured as a bound is one, as far as it can be seen from outside, and no queue grows
 * for long: proposals that are not committed, frames in memory, timers, and what waits for a stage.
 */
final class BoundsChecks {
  /** A node's stages, disk and transport have a few timers each, whatever it is asked. */
  static final int MOST_TIMERS = 24;

  /** So little may wait for ever; more must have been less within the time below. */
  static final int SHORT_QUEUE = 64;

  static final long PATIENCE_NANOS = 30_000_000_000L;

  private final Simulation simulation;
  private final NodeSettings[] settings;
  private final ArrayDeque<long[]>[] uncommitted;
  private final long[] uncommittedBytes;
  private final long[] drainedAt;

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of generics
  BoundsChecks(Simulation simulation, NodeSettings[] settings) {
    this.simulation = simulation;
    this.settings = settings;
    this.uncommitted = new ArrayDeque[settings.length];
    for (int slot = 0; slot < settings.length; slot++) {
      uncommitted[slot] = new ArrayDeque<>();
    }
    this.uncommittedBytes = new long[settings.length];
    this.drainedAt = new long[settings.length];
  }

  private SimulationFailure fail(String check, int slot, String what) {
    return simulation.failure(check, ProtocolChecks.id(slot) + " " + what);
  }

  // Proposals that are not committed.

  /** It leads, and writes entries of its own term. */
  void appended(int leader, EntryBatch batch, long committed) {
    committed(leader, committed);
    long bytes = batch.byteLength();
    long before = uncommittedBytes[leader];
    if (before > 0 && before + bytes > settings[leader].maxUncommittedBytes()) {
      throw fail(
          "UNCOMMITTED_BOUND", leader, "appends " + bytes + " bytes, " + before + " are waiting");
    }
    uncommitted[leader].add(new long[] {batch.lastIndex(), bytes});
    uncommittedBytes[leader] += bytes;
  }

  private void committed(int leader, long index) {
    ArrayDeque<long[]> waiting = uncommitted[leader];
    for (long[] oldest = waiting.peek();
        oldest != null && oldest[0] <= index;
        oldest = waiting.peek()) {
      waiting.remove();
      uncommittedBytes[leader] -= oldest[1];
    }
  }

  /** It leads no longer, or is another process. */
  void leadsNoLonger(int slot) {
    uncommitted[slot].clear();
    uncommittedBytes[slot] = 0;
  }

  // Memory, timers, queues.

  /**
   * It has applied all that it holds, so all of it is durable: so many bytes of frames are kept.
   *
   * @param largest of the batches that it was given
   */
  void cached(int slot, long bytes, long largest) {
    if (bytes > Math.max(settings[slot].tailCacheBytes(), largest)) {
      throw fail(
          "TAIL_BOUND", slot, "keeps " + bytes + " bytes, one batch has " + largest + " at most");
    }
  }

  /** A look at a living process, now and then. */
  void census(int slot, int timers, int waiting, boolean isPaused) {
    if (timers > MOST_TIMERS) {
      throw fail("TIMERS_BOUND", slot, "has " + timers + " timers");
    }
    if (isPaused || waiting <= SHORT_QUEUE) {
      drainedAt[slot] = simulation.now();
    } else if (simulation.now() - drainedAt[slot] > PATIENCE_NANOS) {
      throw fail("QUEUE_BOUND", slot, "has " + waiting + " tasks waiting, and had for 30 s");
    }
  }
}
