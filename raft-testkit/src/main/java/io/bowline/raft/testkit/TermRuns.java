package io.bowline.raft.testkit;

import io.bowline.raft.model.TermRun;
import java.util.Arrays;
import java.util.List;

/**
 * The terms of a log's entries, as runs: with log matching all that has to be known of a log, for
 * (index, term) names one entry and all before it (§5.3).
 */
final class TermRuns {
  private long[] firsts = new long[8];
  private long[] terms = new long[8];
  private int count;
  private long last;

  /** A log read back, whose first index is 1. */
  static TermRuns of(List<TermRun> runs) {
    TermRuns made = new TermRuns();
    for (TermRun run : runs) {
      made.append(run.first(), run.last(), run.term());
    }
    return made;
  }

  TermRuns copy() {
    TermRuns twin = new TermRuns();
    twin.firsts = firsts.clone();
    twin.terms = terms.clone();
    twin.count = count;
    twin.last = last;
    return twin;
  }

  long last() {
    return last;
  }

  long lastTerm() {
    return count == 0 ? 0 : terms[count - 1];
  }

  /** 0 where there is no entry. */
  long termAt(long index) {
    if (index < 1 || index > last) {
      return 0;
    }
    int at = count - 1;
    while (firsts[at] > index) { // what is asked for lies near the end
      at--;
    }
    return terms[at];
  }

  boolean holds(long index, long term) {
    return term != 0 && termAt(index) == term;
  }

  /** Puts entries there; what stood at the first of them and behind is dropped. */
  void append(long first, long to, long term) {
    if (first > last + 1) {
      throw new IllegalArgumentException("entries from " + first + " leave a gap behind " + last);
    }
    truncate(first - 1);
    if (count == 0 || terms[count - 1] != term) {
      if (count == firsts.length) {
        firsts = Arrays.copyOf(firsts, 2 * count);
        terms = Arrays.copyOf(terms, 2 * count);
      }
      firsts[count] = first;
      terms[count] = term;
      count++;
    }
    last = to;
  }

  void append(List<TermRun> runs) {
    for (TermRun run : runs) {
      append(run.first(), run.last(), run.term());
    }
  }

  /** Takes over what another log has up to that index, behind what is here. */
  void extendFrom(TermRuns other, long to) {
    for (int at = 0; at < other.count; at++) {
      long end = at + 1 < other.count ? other.firsts[at + 1] - 1 : other.last;
      long from = Math.max(last + 1, other.firsts[at]);
      if (from <= Math.min(end, to)) {
        append(from, Math.min(end, to), other.terms[at]);
      }
    }
  }

  void truncate(long newLast) {
    last = Math.min(last, newLast);
    while (count > 0 && firsts[count - 1] > last) {
      count--;
    }
  }

  boolean isSameAs(TermRuns other) {
    if (count != other.count || last != other.last) {
      return false;
    }
    for (int at = 0; at < count; at++) {
      if (firsts[at] != other.firsts[at] || terms[at] != other.terms[at]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (int at = Math.max(0, count - 4); at < count; at++) {
      long end = at + 1 < count ? firsts[at + 1] - 1 : last;
      text.append(firsts[at]).append("..").append(end).append('@').append(terms[at]).append(' ');
    }
    return text.toString().trim() + "]";
  }
}
