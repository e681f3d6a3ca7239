package io.bowline.raft.testkit;

/** Longs by longs, without an object for each: keys are never 0, absent is 0. */
final class LongTable {
  private long[] keys = new long[256];
  private long[] values = new long[256];
  private int size;

  int size() {
    return size;
  }

  /** What is there, or 0. */
  long get(long key) {
    return values[slotOf(key)];
  }

  /** Puts it there unless something is; says what was there before, or 0. */
  long putIfAbsent(long key, long value) {
    int slot = slotOf(key);
    if (keys[slot] == key) {
      return values[slot];
    }
    if (2 * size >= keys.length) {
      grow();
      slot = slotOf(key);
    }
    keys[slot] = key;
    values[slot] = value;
    size++;
    return 0;
  }

  private int slotOf(long key) {
    if (key == 0) {
      throw new IllegalArgumentException("0 stands for an empty place");
    }
    int slot = (int) Prng.mix(key) & (keys.length - 1);
    while (keys[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new long[oldKeys.length * 2];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int slot = slotOf(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
