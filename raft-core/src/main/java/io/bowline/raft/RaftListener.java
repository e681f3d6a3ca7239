package io.bowline.raft;

import io.bowline.raft.model.NodeId;
import java.util.Optional;

/**
 * Hears what becomes of a node. Called on the callback executor, one call at a time, in the order
 * in which things happened; "lost" always comes before the next "gained", and is told when a leader
 * is closed or halts. May be late: use the term as a fencing token for whatever a leader does
 * outside the group. A method may call whatever of this library returns at once, and should not
 * block: one that waits holds up the events behind it, though no outcome of a call (see {@link
 * RaftHost.Builder#callbackExecutor}). What it throws is logged; the next events are told all the
 * same.
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
   * The node's health changed; docs/operations/health.md says after how long each trouble shows.
   *
   * @param serving whether it knows a leader, writes its log, and applies
   */
  default void healthChanged(boolean serving) {}

  /**
   * The node stopped for good; its files are kept.
   *
   * @param reason what happened and the way out
   */
  default void halted(String reason) {}
}
