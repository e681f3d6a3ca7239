package io.bowline.raft.testkit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What will happen, by (time, tie, sequence). The tie is drawn: the order of what is due at one
 * instant is a source of faults like any other; the sequence makes the order total.
 */
final class EventQueue {
  private final Prng ties;
  private @Nullable Event[] heap = new Event[256];
  private int size;
  private long sequence;

  EventQueue(Prng ties) {
    this.ties = ties;
  }

  int size() {
    return size;
  }

  void add(Event event, long time) {
    event.place(time, ties.nextLong(), sequence++);
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
    }
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      Event above = at(parent);
      if (!event.isBefore(above)) {
        break;
      }
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
  }

  /** The next event, not taken; {@code null} if there is none. */
  @Nullable Event peek() {
    return size == 0 ? null : heap[0];
  }

  /** Takes the next event; {@code null} if there is none. */
  @Nullable Event poll() {
    if (size == 0) {
      return null;
    }
    Event first = at(0);
    Event last = at(--size);
    heap[size] = null;
    if (size > 0) {
      sink(last);
    }
    return first;
  }

  private void sink(Event event) {
    int at = 0;
    int half = size >>> 1;
    while (at < half) {
      int child = 2 * at + 1;
      if (child + 1 < size && at(child + 1).isBefore(at(child))) {
        child++;
      }
      Event below = at(child);
      if (!below.isBefore(event)) {
        break;
      }
      heap[at] = below;
      at = child;
    }
    heap[at] = event;
  }

  private Event at(int i) {
    Event event = heap[i];
    if (event == null) {
      throw new AssertionError("no event at " + i + " of " + size);
    }
    return event;
  }
}
