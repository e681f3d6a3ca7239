package io.bowline.raft;

import io.bowline.raft.model.NodeId;
import java.util.Optional;

/**
 * Hears what becomes of a node. Called on the callback executor, one call at a time, in the order
 * in which things happened; "lost" always comes before the next "gained". May be late: use the term
 * as a fencing token for whatever a leader does outside the group.
 */
public interface RaftListener {
  /**
   * This node was elected.
   *
   * @param term in which it leads; no other node leads in it
   */
  default void leadershipGained(long term) {}

  /**
   * This node leads no longer.
   *
   * @param term in which it led
   */
  default void leadershipLost(long term) {}

  /**
   * The known leader or the term changed.
   *
   * @param leader who leads, if anybody is known to
   * @param term of which this is said
   */
  default void leaderChanged(Optional<NodeId> leader, long term) {}

  /**
   * The node's health changed.
   *
   * @param serving whether it knows a leader and applies
   */
  default void healthChanged(boolean serving) {}

  /**
   * The node stopped for good; its files are kept.
   *
   * @param reason what happened and the way out
   */
  default void halted(String reason) {}
}
