package io.bowline.raft.runtime;

import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import org.jspecify.annotations.Nullable;

/** What a node last said of its role and leader; read by any thread. */
public record LeaderView(
    NodeRole role, long term, @Nullable NodeId leader, @Nullable String leaderAddress) {
  static final LeaderView NONE = new LeaderView(NodeRole.FOLLOWER, 0, null, null);
}
