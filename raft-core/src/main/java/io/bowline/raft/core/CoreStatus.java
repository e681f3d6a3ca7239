package io.bowline.raft.core;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An immutable picture of a core, for metrics, checkers and operators. */
public record CoreStatus(
    NodeId self,
    NodeRole role,
    long term,
    io.bowline.raft.model.@Nullable Peer votedFor,
    @Nullable NodeId leader,
    EntryId last,
    long durableIndex,
    long commitIndex,
    @Nullable String unhealthy,
    Membership effective,
    List<Peer> peers) {
  /** Of a node that has no core yet, because its group is not founded (identity 6). */
  public static CoreStatus beforeFounding(NodeId self, Ballot ballot, Membership list) {
    return new CoreStatus(
        self,
        NodeRole.FOLLOWER,
        ballot.term(),
        ballot.votedFor(),
        null,
        EntryId.ZERO,
        0,
        0,
        null,
        list,
        List.of());
  }

  /** One peer as its leader sees it; {@code state} is probe, replicate or snapshot. */
  public record Peer(NodeId id, String state, int session, long nextIndex, long matchIndex) {}
}
