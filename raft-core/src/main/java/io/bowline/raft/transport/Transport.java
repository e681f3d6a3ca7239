package io.bowline.raft.transport;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Carries messages between hosts, for all their groups. Messages may be lost, delayed, reordered or
 * arrive twice, but never altered nor under a wrong sender. All methods are safe from any thread
 * and never block, but for {@link #start} and {@link #close}.
 */
public interface Transport extends AutoCloseable {
  /** Begins to listen and to answer; called once, by the host. */
  void start(LocalNode local, TransportHandler handler) throws IOException;

  /**
   * Serves a group from now on: its handshake begins on every stream that this host has dialled,
   * and what peers have said of it before is handed over.
   */
  void openGroup(GroupId group);

  /** Serves it no longer: its links end, and peers that ask are told. */
  void closeGroup(GroupId group);

  /**
   * Whom this host talks to about the group; replaces what was said.
   *
   * @param addresses where each listens: the stored address, then where else it may be tried while
   *     it does not answer there
   */
  void peers(GroupId group, Map<NodeId, List<String>> addresses);

  /**
   * Sends, or drops: a request ({@code PreVote, RequestVote, AppendEntries, Heartbeat}) over this
   * host's own connection to the peer, a reply on the connection on which that directory's requests
   * come. Only on a stream that was admitted for this very directory (identity 15). {@code
   * AppendEntries} and their replies never share a connection with the others.
   *
   * @return false if it was dropped: no such stream, or the queue to this peer is full
   */
  boolean send(GroupId group, Peer to, Message message);

  /**
   * Ends every stream that was admitted for that directory: what it said cannot be, or it answers
   * no more. Its owner dials again after a pause; the reason is logged at both ends.
   */
  void reset(GroupId group, Peer peer, String reason);

  /**
   * Whether the group serves here: knows a leader and applies. A transport that has a health
   * service answers by it; called at every change.
   */
  default void health(GroupId group, boolean serving) {}

  /**
   * This process begins to close, and its groups will follow. A transport that has a health service
   * says so, before the first of them is closed.
   */
  default void leaving() {}

  /** Where others reach this host, {@code host:port}; after {@link #start}. */
  String address();

  /** Stops listening, closes all connections. */
  @Override
  void close();
}
