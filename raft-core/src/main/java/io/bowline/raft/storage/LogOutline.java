package io.bowline.raft.storage;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.TermRun;
import java.util.ArrayList;
import java.util.List;

/**
 * What the log is like, without its entries: runs of terms, and the membership entries. Follows
 * every append and every overwrite (STORAGE F6). One thread at a time.
 */
final class LogOutline {
  private final EntryId before = EntryId.ZERO;
  private final List<TermRun> runs = new ArrayList<>();
  private final List<EntryBatch.MembershipAt> memberships = new ArrayList<>();
  private long lastTime;

  /** The last entry, or what stands before the first. */
  EntryId last() {
    if (runs.isEmpty()) {
      return before;
    }
    TermRun newest = runs.get(runs.size() - 1);
    return new EntryId(newest.last(), newest.term());
  }

  /** The replicated time of the last entry. */
  long lastTime() {
    return lastTime;
  }

  /** The term at an index from {@code before} to the last one. */
  long termAt(long index) {
    if (index == before.index()) {
      return before.term();
    }
    int low = 0;
    int high = runs.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      TermRun run = runs.get(middle);
      if (index < run.first()) {
        high = middle - 1;
      } else if (index > run.last()) {
        low = middle + 1;
      } else {
        return run.term();
      }
    }
    throw new IndexOutOfBoundsException("no entry " + index + " in a log that ends at " + last());
  }

  /** Adds entries; what stood at their first index and behind is dropped. */
  void append(EntryBatch batch) {
    append(batch.termRuns(), batch.memberships(), batch.lastTime());
  }

  /** The same, of entries that are known by their outline. */
  void append(List<TermRun> more, List<EntryBatch.MembershipAt> moreMemberships, long time) {
    dropFrom(more.get(0).first());
    for (TermRun run : more) {
      int newest = runs.size() - 1;
      if (newest >= 0 && runs.get(newest).term() == run.term()) {
        runs.set(newest, new TermRun(run.term(), runs.get(newest).first(), run.last()));
      } else {
        runs.add(run);
      }
    }
    memberships.addAll(moreMemberships);
    lastTime = time;
  }

  private void dropFrom(long index) {
    while (!runs.isEmpty() && runs.get(runs.size() - 1).first() >= index) {
      runs.remove(runs.size() - 1);
    }
    int newest = runs.size() - 1;
    if (newest >= 0 && runs.get(newest).last() >= index) {
      runs.set(newest, new TermRun(runs.get(newest).term(), runs.get(newest).first(), index - 1));
    }
    while (!memberships.isEmpty()
        && memberships.get(memberships.size() - 1).id().index() >= index) {
      memberships.remove(memberships.size() - 1);
    }
  }

  /** An immutable picture, for the core to start from. */
  LogShape shape() {
    return new LogShape(before, List.copyOf(runs), List.copyOf(memberships), lastTime);
  }
}
