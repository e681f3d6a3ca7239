package io.bowline.raft.model;

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

  /** Opens a session; answered by {@link ClientReply.Done} whose index is the session's id. */
  record OpenSession(long id, GroupId group, long timeoutNanos) implements ClientRequest {}

  /** Ends a session. */
  record CloseSession(long id, GroupId group, long timeoutNanos, SessionHeader session)
      implements ClientRequest {}

  /** A command within a session. */
  record Command(long id, GroupId group, long timeoutNanos, SessionHeader session, Payload command)
      implements ClientRequest {}

  /** A linearizable query. */
  record Query(long id, GroupId group, long timeoutNanos, Payload query) implements ClientRequest {}
}
