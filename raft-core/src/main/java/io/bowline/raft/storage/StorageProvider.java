package io.bowline.raft.storage;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import java.util.random.RandomGenerator;

/** A place where one group's state is kept, not open yet: {@code SegmentedStorage}'s directory. */
public interface StorageProvider {
  /**
   * Whether a bootstrap has ended here, so that {@link #resume} is the way to open it.
   *
   * @throws StorageException if that cannot be told
   */
  boolean exists() throws StorageException;

  /**
   * Makes a new, empty storage with a new incarnation and opens it: fresh, so that it takes no
   * ballot and no entries before its founding is complete (identity 1, 6).
   *
   * @param list all initial members, as they were given to this node
   * @throws StorageException if there is one already, or it cannot be made
   */
  RaftStorage bootstrap(
      ClusterId cluster, GroupId group, NodeId node, Membership list, RandomGenerator random)
      throws StorageException;

  /**
   * Opens what is there: recovers, makes all of it durable, counts the start.
   *
   * @throws StorageException if there is none, it belongs to another cluster, group or node, is
   *     locked by a living process, is damaged, or is fenced (identity 6, 12)
   */
  RaftStorage resume(ClusterId cluster, GroupId group, NodeId node, RandomGenerator random)
      throws StorageException;
}
