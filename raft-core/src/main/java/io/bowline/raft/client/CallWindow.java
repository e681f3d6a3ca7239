package io.bowline.raft.client;

import org.jspecify.annotations.Nullable;

/** Calls by a number that only grows, in a ring: slot {@code number mod length}. */
final class CallWindow {
  private @Nullable Call[] ring = new @Nullable Call[64];
  private long lowest = 1;
  private long next = 1;

  /** The number that {@link #add} gives next. */
  long next() {
    return next;
  }

  /** The lowest number that is still in it; {@link #next} if it is empty. */
  long lowest() {
    return lowest;
  }

  boolean isEmpty() {
    return lowest == next;
  }

  long add(Call call) {
    if (next - lowest == ring.length) {
      grow();
    }
    ring[slot(next)] = call;
    return next++;
  }

  @Nullable Call get(long number) {
    return number < lowest || number >= next ? null : ring[slot(number)];
  }

  @Nullable Call remove(long number) {
    Call removed = get(number);
    if (removed != null) {
      ring[slot(number)] = null;
      while (lowest < next && ring[slot(lowest)] == null) {
        lowest++;
      }
    }
    return removed;
  }

  private void grow() {
    @Nullable Call[] old = ring;
    ring = new @Nullable Call[old.length * 2];
    for (long number = lowest; number < next; number++) {
      ring[slot(number)] = old[(int) (number & (old.length - 1))];
    }
  }

  private int slot(long number) {
    return (int) (number & (ring.length - 1));
  }
}
