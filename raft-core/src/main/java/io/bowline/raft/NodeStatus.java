package io.bowline.raft;

import io.bowline.raft.model.FoundingStatus;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A picture of a node at one instant.
 *
 * @param self its id
 * @param role the part it plays
 * @param term its current term
 * @param leader who leads, or {@code null} if nobody is known to
 * @param lastIndex the last entry of its log
 * @param durableIndex the last one that is durable here
 * @param commitIndex the last one known to be committed
 * @param lastApplied the last one whose effect is in the state machine
 * @param membership in force
 * @param founding how far the founding of the group is here, and for whom it waits
 * @param haltedBecause why it stopped for good, or {@code null} while it runs
 */
public record NodeStatus(
    NodeId self,
    NodeRole role,
    long term,
    @Nullable NodeId leader,
    long lastIndex,
    long durableIndex,
    long commitIndex,
    long lastApplied,
    Membership membership,
    FoundingStatus founding,
    @Nullable String haltedBecause) {
  /**
   * How many committed entries the state machine has not seen yet.
   *
   * @return 0 or more; empty once the node has ended
   */
  public OptionalLong applyLag() {
    return haltedBecause == null
        ? OptionalLong.of(Math.max(0, commitIndex - lastApplied))
        : OptionalLong.empty();
  }
}
