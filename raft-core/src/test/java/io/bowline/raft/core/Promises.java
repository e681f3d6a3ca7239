package io.bowline.raft.core;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** What Raft promises (Figure 3), looked at from above all nodes. */
final class Promises {
  private record Written(long termBefore, ByteBuffer bytes) {}

  private final Membership initial;
  private final Map<NodeId, TestNode> nodes;
  private final Map<Long, NodeId> leaders = new HashMap<>();
  private final Map<EntryId, Written> written = new HashMap<>();
  private final List<EntryBatch> committed = new ArrayList<>();

  Promises(Membership initial, Map<NodeId, TestNode> nodes) {
    this.initial = initial;
    this.nodes = nodes;
  }

  void require(boolean holds, Supplier<String> otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise.get());
    }
  }

  long committed() {
    return committed.size();
  }

  /** Log Matching: the same index and term, so the same entry, and the same one before it. */
  void appended(TestNode node, List<EntryBatch> entries) {
    for (EntryBatch entry : entries) {
      EntryId id = entry.last();
      long before = id.index() == 1 ? 0 : node.entry(id.index() - 1).termAt(id.index() - 1);
      Written now = new Written(before, entry.slice(0));
      Written first = written.putIfAbsent(id, now);
      require(first == null || first.equals(now), () -> "two entries at " + id + " on " + node.id);
    }
  }

  /** State Machine Safety, and that what is committed is durable on a quorum (STORAGE O4). */
  void committed(TestNode node, long index) {
    require(index > node.commitIndex, () -> node.id + " commits " + index + " again");
    for (long i = node.commitIndex + 1; i <= index; i++) {
      EntryBatch entry = node.entry(i);
      if (i <= committed.size()) {
        EntryBatch agreed = committed.get((int) i - 1);
        require(
            agreed.slice(0).equals(entry.slice(0)),
            () -> node.id + " commits " + entry.last() + ", committed was " + agreed.last());
      } else {
        require(isOnAQuorum(entry), () -> entry.last() + " is committed and not on a quorum");
        committed.add(entry);
      }
    }
    node.commitIndex = index;
  }

  private boolean isOnAQuorum(EntryBatch entry) {
    int copies = 0;
    int voters = 0;
    for (Member member : initial.members()) {
      if (member.role().votesIncoming()) {
        voters++;
        TestNode holder = Objects.requireNonNull(nodes.get(member.id()));
        copies += holder.holdsDurably(entry) ? 1 : 0;
      }
    }
    return copies > voters / 2;
  }

  /** Election Safety and Leader Completeness. */
  void roleChanged(TestNode node, Effect.RoleChanged change) {
    require(change.term() >= node.term, () -> node.id + " goes back to term " + change.term());
    node.term = change.term();
    node.role = change.role();
    if (change.role() == NodeRole.LEADER) {
      NodeId other = leaders.putIfAbsent(change.term(), node.id);
      require(
          other == null, () -> "term " + change.term() + " has leaders " + node.id + ", " + other);
      for (EntryBatch entry : committed) {
        require(has(node, entry), () -> node.id + " leads and lacks " + entry.last());
      }
    }
  }

  private static boolean has(TestNode node, EntryBatch entry) {
    long index = entry.firstIndex();
    return node.log.size() >= index && node.entry(index).termAt(index) == entry.termAt(index);
  }

  /** Nothing speaks for a term that is not on disk, but a pre-vote, which speaks for none. */
  void speaks(TestNode node, Message message) {
    boolean asks = message instanceof Message.PreVote || message instanceof Message.PreVoteReply;
    require(
        asks || message.term() <= node.durableBallot.term(),
        () -> node.id + " says " + message + ", durable is " + node.durableBallot);
  }

  /** STORAGE O2. */
  void durableBallotCovers(TestNode node) {
    int last = node.durableLog.size();
    long term = last == 0 ? 0 : node.durableLog.get(last - 1).termAt(last);
    require(term <= node.durableBallot.term(), () -> node.id + " has an entry above its ballot");
  }

  void restarted(TestNode node) {
    node.role = NodeRole.FOLLOWER;
  }

  /**
   * All are named from the beginning, so a wiped node is told from its former self (identity 13);
   * with three voters the others then still hold what was committed, and are a quorum.
   */
  boolean mayForget() {
    return initial.members().stream().filter(m -> m.role().votesIncoming()).count() >= 3;
  }

  /** Whether it is the directory that the others count. */
  boolean counts(TestNode node) {
    return initial.names(node.peer());
  }
}
