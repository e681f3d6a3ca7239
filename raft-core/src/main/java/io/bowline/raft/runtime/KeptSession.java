package io.bowline.raft.runtime;

import io.bowline.raft.model.SessionKey;
import io.bowline.raft.runtime.SessionTable.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * One session of a {@link SessionTable}: its answered sequences stand in a ring, slot {@code
 * sequence mod length}.
 */
final class KeptSession {
  private static final int SMALLEST_RING = 8;

  final long id;
  final SessionKey key;
  long lastUsed;

  /** The number of its last use: tells who was used before whom. */
  long used;

  long lowestWanted = 1;

  /** Of the replies kept, as they are encoded. */
  long bytes;

  /** Every sequence above is unanswered. */
  private long highest;

  private Verdict.@Nullable Duplicate[] ring = new Verdict.@Nullable Duplicate[SMALLEST_RING];

  /** Its neighbours in the order of last use; itself while it stands nowhere. */
  KeptSession previous = this;

  KeptSession next = this;

  KeptSession(long id, SessionKey key, long openedAt) {
    this.id = id;
    this.key = key;
    this.lastUsed = openedAt;
  }

  void putBefore(KeptSession other) {
    previous = other.previous;
    next = other;
    previous.next = this;
    other.previous = this;
  }

  void unlink() {
    previous.next = next;
    next.previous = previous;
    previous = this;
    next = this;
  }

  Verdict.@Nullable Duplicate get(long sequence) {
    return sequence > highest ? null : ring[slot(sequence)];
  }

  void put(long sequence, Verdict.Duplicate answered) {
    while (sequence - lowestWanted >= ring.length) {
      grow();
    }
    ring[slot(sequence)] = answered;
    bytes += answered.reply().length();
    highest = Math.max(highest, sequence);
  }

  /** Drops what is not wanted any more; returns the sum of its marks. */
  long discardBelow(long wanted) {
    long marks = 0;
    for (long sequence = lowestWanted; sequence < wanted && sequence <= highest; sequence++) {
      Verdict.Duplicate answered = ring[slot(sequence)];
      if (answered != null) {
        marks += mark(sequence, answered);
        bytes -= answered.reply().length();
        ring[slot(sequence)] = null;
      }
    }
    lowestWanted = wanted;
    return marks;
  }

  private void grow() {
    Verdict.@Nullable Duplicate[] old = ring;
    ring = new Verdict.@Nullable Duplicate[old.length * 2];
    for (long sequence = lowestWanted; sequence <= highest; sequence++) {
      ring[slot(sequence)] = old[(int) (sequence & (old.length - 1))];
    }
  }

  private int slot(long sequence) {
    return (int) (sequence & (ring.length - 1));
  }

  long mark() {
    return mix(mix(mix(mix(mix(id) + key.high()) + key.low()) + lastUsed) + lowestWanted);
  }

  long mark(long sequence, Verdict.Duplicate answered) {
    return mix(mix(mix(id) + sequence) + mix(answered.index()) + answered.reply().hashCode());
  }

  /** The finalizer of SplitMix64. */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
