package io.bowline.raft.core;

import io.bowline.raft.model.EntryBatch;
import java.util.Arrays;

/**
 * Replicated times of the entries that may still be truncated, as runs of equal ones: what follows
 * a truncation must not be earlier than what is kept. Of older entries only a lower bound is known.
 */
final class TimeRuns {
  /** Run i holds the entries from firsts[i] to just before firsts[i + 1]. */
  private long[] firsts = new long[16];

  private long[] times = new long[16];
  private int runs;

  /** Entries from {@code first} on have that time; those up to {@code settled} stay for ever. */
  void append(long first, long time, long settled) {
    if (runs > 0 && times[runs - 1] == time) {
      return;
    }
    if (runs == firsts.length) {
      makeRoom(settled);
    }
    firsts[runs] = first;
    times[runs++] = time;
  }

  /** The entries of that batch from {@code first} on. */
  void append(EntryBatch entries, long first, long settled) {
    if (entries.timeAt(first) == entries.lastTime()) {
      append(first, entries.lastTime(), settled);
      return;
    }
    for (EntryBatch.Cursor entry = entries.cursor(); entry.next(); ) {
      if (entry.index() >= first) {
        append(entry.index(), entry.time(), settled);
      }
    }
  }

  private void makeRoom(long settled) {
    int gone = 0;
    while (gone + 1 < runs && firsts[gone + 1] <= settled) {
      gone++;
    }
    runs -= gone;
    System.arraycopy(firsts, gone, firsts, 0, runs);
    System.arraycopy(times, gone, times, 0, runs);
    if (runs > firsts.length / 2) {
      firsts = Arrays.copyOf(firsts, firsts.length * 2);
      times = Arrays.copyOf(times, times.length * 2);
    }
  }

  /** Forgets the entries from {@code first} on. */
  void truncate(long first) {
    while (runs > 0 && firsts[runs - 1] >= first) {
      runs--;
    }
  }

  /** The time of an entry, or 0 where only that is known. */
  long timeAt(long index) {
    int run = runs - 1;
    while (run >= 0 && firsts[run] > index) {
      run--;
    }
    return run < 0 ? 0 : times[run];
  }
}
