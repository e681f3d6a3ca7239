package io.bowline.raft.runtime;

import io.bowline.raft.core.Effect;
import io.bowline.raft.storage.StorageException;
import org.jspecify.annotations.Nullable;

/** What the raft stage tells the node's life; called on that stage. */
interface LoopListener {
  void roleChanged(Effect.RoleChanged change);

  void membershipChanged(Effect.MembershipChanged change);

  /** The streams of a directory are to be ended. */
  void reset(Effect.Reset reset);

  /** The group is not healthy here, and why; null if that is over. */
  void unhealthy(@Nullable String reason);

  /** A step, or what it had done, threw: nothing is stepped any more. */
  void crashed(Throwable cause);

  void writeFailed();

  void readFailed(long index, StorageException cause);

  /** The last thing of each turn of a node that has not ended. */
  void turned(long nowNanos, long applicable);
}
