package io.bowline.raft.storage;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import java.util.List;

/**
 * Who a directory belongs to (STORAGE F0).
 *
 * @param incarnation drawn when the directory was made
 * @param before earlier incarnations whose segments may still be here, oldest first
 * @param initial the membership that every initial member was bootstrapped with
 * @param startCounter of this start: one more than of the one before
 */
public record Identity(
    ClusterId cluster,
    GroupId group,
    NodeId node,
    Incarnation incarnation,
    List<Incarnation> before,
    Membership initial,
    long startCounter) {
  /** The same directory, started once more. */
  Identity nextStart() {
    return new Identity(cluster, group, node, incarnation, before, initial, startCounter + 1);
  }

  /** Whether a segment of that incarnation may be here. */
  boolean owns(Incarnation other) {
    return incarnation.equals(other) || before.contains(other);
  }
}
