package io.bowline.raft.model;

import java.util.List;

/**
 * All that the protocol has to know of a log that was read back.
 *
 * @param before the entry before the first one ({@link EntryId#ZERO} without a snapshot)
 * @param runs the terms of the entries, oldest first, without a gap; empty if there are none
 * @param memberships the membership entries in the log, oldest first
 * @param lastTime replicated time of the last entry, ns; 0 if there is none
 */
public record LogShape(
    EntryId before, List<TermRun> runs, List<EntryBatch.MembershipAt> memberships, long lastTime) {
  /** A log that never held an entry. */
  public static final LogShape EMPTY = new LogShape(EntryId.ZERO, List.of(), List.of(), 0);

  /** The last entry, or what stands before the first if there is none. */
  public EntryId last() {
    if (runs.isEmpty()) {
      return before;
    }
    TermRun newest = runs.get(runs.size() - 1);
    return new EntryId(newest.last(), newest.term());
  }
}
