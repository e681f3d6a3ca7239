package io.bowline.raft.transport;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import java.io.IOException;
import java.util.Map;

/**
 * Carries messages between hosts, for all their groups. Messages may be lost, delayed, reordered or
 * arrive twice, but never altered nor under a wrong sender. All methods are safe from any thread
 * and never block, but for {@link #start} and {@link #close}.
 */
public interface Transport extends AutoCloseable {
  /** Begins to listen and to answer; called once, by the host. */
  void start(LocalNode local, TransportHandler handler) throws IOException;

  /** Serves a group from now on: its hello is said on every connection before its messages. */
  void openGroup(GroupHello hello);

  /** Serves it no longer: connections refuse its messages. */
  void closeGroup(GroupId group);

  /** Whom this host talks to about the group, and where they listen; replaces what was said. */
  void peers(GroupId group, Map<NodeId, String> addresses);

  /**
   * Sends, or drops: a request ({@code PreVote, RequestVote, AppendEntries, Heartbeat}) over this
   * host's own connection to the peer, a reply on the connection on which that peer's requests
   * come. {@code AppendEntries} and their replies never share a connection with the others.
   *
   * @return false if it was dropped: no connection, or the queue to this peer is full
   */
  boolean send(GroupId group, NodeId to, Message message);

  /**
   * Whether the group serves here: knows a leader and applies. A transport that has a health
   * service answers by it; called at every change.
   */
  default void health(GroupId group, boolean serving) {}

  /** Where others reach this host, {@code host:port}; after {@link #start}. */
  String address();

  /** Stops listening, closes all connections. */
  @Override
  void close();
}
