package io.bowline.raft.core;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.TermRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the protocol knows of the log: where it ends and which term each entry has, as runs. No
 * entry. A batch of one term costs the same whatever its length.
 */
final class LogMetadata {
  private final EntryId before;

  /** Run i holds the entries from firsts[i] to just before firsts[i + 1] or to lastIndex. */
  private long[] firsts = new long[16];

  private long[] terms = new long[16];
  private int runs;
  private long lastIndex;
  private long lastTime;
  private final TimeRuns times = new TimeRuns();

  LogMetadata(LogShape shape) {
    this.before = shape.before();
    this.lastIndex = before.index();
    for (TermRun run : shape.runs()) {
      append(run);
    }
    this.lastTime = shape.lastTime();
    times.append(lastIndex, lastTime, lastIndex);
  }

  long lastIndex() {
    return lastIndex;
  }

  long lastTerm() {
    return runs == 0 ? before.term() : terms[runs - 1];
  }

  EntryId last() {
    return new EntryId(lastIndex, lastTerm());
  }

  /** Replicated time of the newest entry that was appended. */
  long lastTime() {
    return lastTime;
  }

  /** The replicated time of an entry that may still be truncated, or 0 where it is not known. */
  long timeAt(long index) {
    return index == lastIndex ? lastTime : times.timeAt(index);
  }

  /** The term of an entry; 0 where there is none (§5.3: index 0). */
  long termAt(long index) {
    if (index > lastIndex || index <= before.index()) {
      return index == before.index() ? before.term() : 0;
    }
    return terms[runAt(index)];
  }

  EntryId idAt(long index) {
    return new EntryId(index, termAt(index));
  }

  /** Whether that entry is in the log; then all before it are the same, too (Log Matching). */
  boolean holds(EntryId id) {
    return id.index() <= lastIndex
        && (id.index() < before.index() || termAt(id.index()) == id.term());
  }

  /** Adds entries of one term directly behind the last one. */
  void append(long term, long count, long time, long committed) {
    times.append(lastIndex + 1, time, committed);
    append(new TermRun(term, lastIndex + 1, lastIndex + count));
    lastTime = time;
  }

  private void append(TermRun run) {
    Invariant.LOG_WITHOUT_GAP.require(run.first() == lastIndex + 1, run.first(), lastIndex + 1);
    Invariant.TERMS_ALONG_LOG.require(run.term() >= lastTerm(), run.term(), lastTerm());
    if (runs == 0 || terms[runs - 1] != run.term()) {
      if (runs == terms.length) {
        firsts = Arrays.copyOf(firsts, runs * 2);
        terms = Arrays.copyOf(terms, runs * 2);
      }
      firsts[runs] = run.first();
      terms[runs++] = run.term();
    }
    lastIndex = run.last();
  }

  /**
   * Adds the entries from {@code first} on, which must follow the last one; these are their runs.
   */
  void append(EntryBatch entries, List<TermRun> runsOfThem, long first, long committed) {
    for (int i = 0; i < runsOfThem.size(); i++) {
      TermRun run = runsOfThem.get(i);
      if (run.last() >= first) {
        append(new TermRun(run.term(), Math.max(first, run.first()), run.last()));
      }
    }
    times.append(entries, first, committed);
    lastTime = entries.lastTime();
  }

  /** Drops the entries from {@code first} on. */
  void truncate(long first) {
    times.truncate(first);
    lastIndex = first - 1;
    lastTime = times.timeAt(lastIndex);
    while (runs > 0 && firsts[runs - 1] >= first) {
      runs--;
    }
  }

  /** The first of these entries that is not in the log with the same term; last + 1 if all are. */
  long firstNew(List<TermRun> received) {
    long next = received.get(0).first();
    for (int i = 0; i < received.size(); i++) {
      TermRun run = received.get(i);
      while (next <= run.last()) {
        if (next > before.index() && termAt(next) != run.term()) {
          return next;
        }
        next = Math.min(run.last(), endOfRun(next)) + 1;
      }
    }
    return next;
  }

  /** The runs at and below {@code index}, newest first: what a refusal tells the leader. */
  List<TermRun> runsBelow(long index, int atMost) {
    List<TermRun> found = new ArrayList<>();
    long last = Math.min(index, lastIndex);
    while (last > before.index() && found.size() < atMost) {
      int run = runAt(last);
      found.add(new TermRun(terms[run], firsts[run], last));
      last = firsts[run] - 1;
    }
    return found;
  }

  /** The highest index at which this log and those runs have the same term; 0 if there is none. */
  long lastCommon(List<TermRun> theirs) {
    for (int i = 0; i < theirs.size(); i++) {
      TermRun run = theirs.get(i);
      long mine = lastWithTermAtMost(run.term(), run.last());
      if (mine >= run.first() && termAt(mine) == run.term()) {
        return mine;
      }
    }
    return 0;
  }

  /** The highest index up to {@code limit} whose term is at most {@code term}. */
  long lastWithTermAtMost(long term, long limit) {
    long index = Math.min(limit, lastIndex);
    while (index > before.index() && termAt(index) > term) {
      index = firsts[runAt(index)] - 1;
    }
    return index;
  }

  private long endOfRun(long index) {
    if (index <= before.index()) {
      return before.index();
    }
    int run = runAt(index);
    return run == runs - 1 ? lastIndex : firsts[run + 1] - 1;
  }

  private int runAt(long index) {
    if (firsts[runs - 1] <= index) {
      return runs - 1;
    }
    int found = Arrays.binarySearch(firsts, 0, runs, index);
    return found >= 0 ? found : -found - 2;
  }
}
