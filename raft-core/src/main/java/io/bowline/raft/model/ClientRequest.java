package io.bowline.raft.model;

import org.jspecify.annotations.Nullable;

/**
 * What a client asks of a node: {@code id} ties the answer to the question within its connection.
 */
public sealed interface ClientRequest {
  /** Chosen by the client, once per connection. */
  long id();

  /** Whom it is for. */
  GroupId group();

  /** The client's own remaining time, ns; the node gives up no later. */
  long timeoutNanos();

  /**
   * Comes first on a connection, for each group: whether the node's group is of the founding that
   * the client has met before; answered by {@link ClientReply.Founded}. Until then the node
   * executes nothing that comes for the group on this connection.
   *
   * @param pinned what an earlier node has answered; {@code null} the first time
   */
  record Greet(long id, GroupId group, long timeoutNanos, @Nullable FoundingId pinned)
      implements ClientRequest {}

  /**
   * Opens a session under the bits its opener drew; answered by {@link ClientReply.Done} whose
   * index is the session's id.
   */
  record OpenSession(long id, GroupId group, long timeoutNanos, SessionKey key)
      implements ClientRequest {}

  /** Ends a session. */
  record CloseSession(long id, GroupId group, long timeoutNanos, SessionHeader session)
      implements ClientRequest {}

  /** A command within a session. */
  record Command(long id, GroupId group, long timeoutNanos, SessionHeader session, Payload command)
      implements ClientRequest {}

  /** A linearizable query. */
  record Query(long id, GroupId group, long timeoutNanos, Payload query) implements ClientRequest {}
}
