package io.bowline.raft.runtime;

import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import org.jspecify.annotations.Nullable;

/** What the runtime tells the layer above; called on the raft stage, must not block. */
public interface NodeEvents {
  /** Role, term or known leader changed; a node that ends leads nobody and knows no leader. */
  void roleChanged(NodeRole role, long term, @Nullable NodeId leader);

  /** Another membership is in force. */
  void membershipChanged(Membership membership);

  /** Whether the node serves its group, see docs/operations/health.md. */
  void serving(boolean serving);

  /** The node stopped for good, and why; its files are kept. */
  void halted(String reason, @Nullable Throwable cause);
}
