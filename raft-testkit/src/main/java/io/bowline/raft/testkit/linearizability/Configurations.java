package io.bowline.raft.testkit.linearizability;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lowe's memory of a search: which configurations were tried. One is the set of completed
 * operations that have their place, the state they led to, and the set of those of unknown outcome
 * that were spent on it. Who spent less on the same can do all that the other can, so a
 * configuration is new only if none is remembered that spent a subset.
 */
final class Configurations<S> {
  private static final int ENTRY_BYTES = 160; // maps, keys, lists and a small state

  /** Completed operations by their bits, without the full words in front; and the state. */
  private record Place<S>(int skipped, List<Long> words, S state) {}

  private final Map<Place<S>, List<long[]>> spentAt = new HashMap<>();
  private final long[] done;
  private final long[] spent;
  private int full; // words of done in front that are full
  private long bytes;

  Configurations(int completed, int unknown) {
    this.done = new long[(completed + 63) / 64];
    this.spent = new long[(unknown + 63) / 64];
  }

  long bytes() {
    return bytes;
  }

  void flipDone(int index) {
    done[index >> 6] ^= 1L << index;
    full = Math.min(full, index >> 6);
    while (full < done.length && done[full] == -1) {
      full++;
    }
  }

  void flipSpent(int index) {
    spent[index >> 6] ^= 1L << index;
  }

  boolean isSpent(int index) {
    return (spent[index >> 6] >> index & 1) != 0;
  }

  /** Remembers the present configuration with that state; false if it or a better one was tried. */
  boolean isNew(S state) {
    int end = done.length;
    while (end > full && done[end - 1] == 0) {
      end--;
    }
    List<Long> words = new ArrayList<>(end - full);
    for (int i = full; i < end; i++) {
      words.add(done[i]);
    }
    List<long[]> tried =
        spentAt.computeIfAbsent(new Place<>(full, words, state), place -> new ArrayList<>(1));
    for (long[] before : tried) {
      if (isSubset(before, spent)) {
        return false;
      }
    }
    bytes += ENTRY_BYTES + 24L * words.size() + 8L * spent.length;
    tried.removeIf(before -> isSubset(spent, before));
    tried.add(Arrays.copyOf(spent, spent.length));
    return true;
  }

  private static boolean isSubset(long[] some, long[] all) {
    for (int i = 0; i < some.length; i++) {
      if ((some[i] & ~all[i]) != 0) {
        return false;
      }
    }
    return true;
  }
}
