package io.bowline.raft.testkit;

import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Membership;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whose votes and acknowledgements count: the directories that the founding record names, and then
 * those of the memberships that are committed (identity 13).
 */
final class NamedMembers {
  /** Every one that some node has, by index and term: only one of an index is ever committed. */
  private final TreeMap<EntryId, Membership> written =
      new TreeMap<>(Comparator.comparingLong(EntryId::index).thenComparingLong(EntryId::term));

  private @Nullable Membership founding;
  private @Nullable Membership committed;

  /** A directory is complete under that record (identity 4). */
  void founded(Membership record) {
    founding = record;
  }

  /** The record that some directory is complete under; null before there is one. */
  @Nullable Membership founding() {
    return founding;
  }

  /** A node has that membership in its log. */
  void written(EntryId id, Membership membership) {
    written.put(id, membership);
  }

  /** The log is committed to its last index, and was before to that one. */
  void committed(TermRuns log, long before) {
    EntryId first = new EntryId(before + 1, 0);
    EntryId end = new EntryId(log.last() + 1, 0);
    for (Map.Entry<EntryId, Membership> one : written.subMap(first, end).entrySet()) {
      EntryId id = one.getKey();
      if (log.holds(id.index(), id.term())) {
        committed = one.getValue();
      }
    }
  }

  /** Whether the membership that is committed names each member's directory. */
  boolean all() {
    Membership now = committed == null ? founding : committed;
    return now != null && now.members().stream().allMatch(member -> member.peer() != null);
  }
}
