package io.bowline.raft.core;

import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.model.Peer;
import org.jspecify.annotations.Nullable;

/** What all three answer to; the default is to ignore. Its state dies with it. */
sealed interface Role permits Follower, Candidate, Leader {
  /** No deadline. */
  long NEVER = Long.MAX_VALUE;

  NodeRole name();

  /** Who leads this term, as far as it is known. */
  @Nullable NodeId leader();

  /** When it wants {@link #wake}. */
  long wakeAtNanos();

  /** Time has passed, perhaps not enough of it. */
  void wake();

  /** Whether a leader is known to be in touch, so that nobody may disturb it (thesis §4.2.3). */
  boolean hearsLeader();

  /** A message of this term; or a granted pre-vote, which is of none. */
  default void receive(Message message, Peer sender) {}

  /** Some writes have become durable. */
  default void durable() {}

  /** Whether false, the role must not append. */
  default void diskSpace(boolean available) {}

  default void connected(Peer peer) {}

  default void sent(Input.Sent sent) {}

  default void sendFailed(Input.SendFailed failed) {}

  /** This role ends: whoever waits for it is told. */
  default void end() {}
}
