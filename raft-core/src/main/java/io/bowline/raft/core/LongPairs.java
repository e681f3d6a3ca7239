package io.bowline.raft.core;

import java.util.Arrays;

/** A queue of pairs of longs that makes no object for a pair. */
final class LongPairs {
  private long[] pairs = new long[16];
  private int head;
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  void add(long first, long second) {
    if (2 * (size + 1) > pairs.length) {
      grow();
    }
    int at = place(size++);
    pairs[at] = first;
    pairs[at + 1] = second;
  }

  /** Of the oldest pair; there must be one. */
  long first() {
    return pairs[place(0)];
  }

  /** Of the oldest pair; there must be one. */
  long second() {
    return pairs[place(0) + 1];
  }

  /** Takes the oldest pair away; there must be one. */
  void remove() {
    head = place(1) / 2;
    size--;
  }

  void clear() {
    head = 0;
    size = 0;
  }

  /** Lowers to {@code limit} what is above it, from the newest pair back to one that is not. */
  void capSecond(long limit) {
    for (int i = size - 1; i >= 0 && pairs[place(i) + 1] > limit; i--) {
      pairs[place(i) + 1] = limit;
    }
  }

  private int place(int i) {
    return (2 * (head + i)) & (pairs.length - 1);
  }

  private void grow() {
    long[] larger = Arrays.copyOf(pairs, pairs.length * 2);
    for (int i = 0; i < size; i++) {
      larger[2 * i] = pairs[place(i)];
      larger[2 * i + 1] = pairs[place(i) + 1];
    }
    pairs = larger;
    head = 0;
  }
}
