package io.bowline.raft.testkit;

import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whose votes and acknowledgements count: which directories the committed memberships name, and
 * that they name a quorum's before the first command (DESIGN 13).
 */
final class NamedMembers {
  /** Every one that some node has, by index and term: only one of an index is ever committed. */
  private final TreeMap<EntryId, Membership> written =
      new TreeMap<>(Comparator.comparingLong(EntryId::index).thenComparingLong(EntryId::term));

  private final Marks marks;
  private final @Nullable Incarnation[] named;
  private long quorumNamedAt = Long.MAX_VALUE;
  private long firstCommand = Long.MAX_VALUE;

  NamedMembers(Marks marks, int nodes) {
    this.marks = marks;
    this.named = new Incarnation[nodes];
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
        committed(id.index(), one.getValue());
      }
    }
  }

  private void committed(long index, Membership membership) {
    boolean isFirst = written.firstKey().index() == index;
    marks.hit(isFirst ? Mark.MEMBERSHIP_COMMITTED : Mark.MEMBERSHIP_SECOND);
    for (Member member : membership.members()) {
      for (int slot = 0; slot < named.length; slot++) {
        if (ProtocolChecks.id(slot).equals(member.id()) && member.incarnation() != null) {
          named[slot] = member.incarnation();
        }
      }
    }
    if (namesQuorum(membership)) {
      quorumNamedAt = Math.min(quorumNamedAt, index);
    }
    marks.hitIf(membership.namesIncarnations() && all(), Mark.ALL_NAMED);
  }

  private static boolean namesQuorum(Membership membership) {
    long named = membership.members().stream().filter(m -> m.incarnation() != null).count();
    return named > membership.members().size() / 2;
  }

  /** Whether the membership that is committed names each node's directory. */
  boolean all() {
    for (Incarnation one : named) {
      if (one == null) {
        return false;
      }
    }
    return true;
  }

  /** A client's command stands at that index. */
  void command(long index) {
    firstCommand = Math.min(firstCommand, index);
  }

  /** The first command, if it stands at or below that index and before a quorum is named. */
  long commandBeforeNames(long index) {
    return firstCommand <= index && firstCommand < quorumNamedAt ? firstCommand : 0;
  }
}
