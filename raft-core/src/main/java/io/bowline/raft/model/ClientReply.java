package io.bowline.raft.model;

import org.jspecify.annotations.Nullable;

/** What a node answers to a {@link ClientRequest}. */
public sealed interface ClientReply {
  /** The question's. */
  long id();

  /** To a {@link ClientRequest.Greet}: the group here is of this founding. */
  record Founded(long id, FoundingId founding) implements ClientReply {}

  /** Done at that index; for a new session the index is its id. */
  record Done(long id, long index, Payload reply) implements ClientReply {}

  /** Certainly not done; the leader, if this node knows one, and where it listens. */
  record Refused(long id, Refusal refusal, @Nullable NodeId leader, @Nullable String leaderAddress)
      implements ClientReply {}

  /** May have been done, may be yet. */
  record Unknown(long id, String reason) implements ClientReply {}
}
