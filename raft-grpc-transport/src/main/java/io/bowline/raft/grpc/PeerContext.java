package io.bowline.raft.grpc;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.transport.LocalNode;
import io.bowline.raft.transport.TransportHandler;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** What all connections of one host share. */
final class PeerContext {
  /** Finds the stream that was admitted for a directory; no other directory's is in its place. */
  record Route(GroupId group, Peer peer, ConnectionKind kind, boolean dialled) {}

  final LocalNode local;
  final TransportHandler handler;
  final TransportLimits limits;
  final RepeatedWarnings warnings;
  final Set<GroupId> groups = ConcurrentHashMap.newKeySet();
  final Map<Route, StreamLink> routes = new ConcurrentHashMap<>();

  /** All streams on which a node has said who it is, from either side. */
  final Set<PeerStream> streams = ConcurrentHashMap.newKeySet();

  private final Timer timer;
  private final Consumer<NodeId> seen;
  private volatile boolean closed;

  PeerContext(
      LocalNode local,
      TransportHandler handler,
      TransportLimits limits,
      RepeatedWarnings warnings,
      Timer timer,
      Consumer<NodeId> seen) {
    this.local = local;
    this.handler = handler;
    this.limits = limits;
    this.warnings = warnings;
    this.timer = timer;
    this.seen = seen;
  }

  Packet.NodeHello hello(ConnectionKind kind) {
    return new Packet.NodeHello(Handshake.PROTOCOL, local, kind.code());
  }

  /** That peer dialled us, so it can be dialled. */
  void seen(NodeId peer) {
    seen.accept(peer);
  }

  boolean send(GroupId group, Peer to, Message message) {
    boolean dialled = !ConnectionKind.isReply(message);
    StreamLink link = routes.get(new Route(group, to, ConnectionKind.of(message), dialled));
    return link != null && link.send(message);
  }

  /** Ends each stream that was admitted for that directory. */
  void reset(GroupId group, Peer peer, String reason) {
    for (ConnectionKind kind : ConnectionKind.values()) {
      for (boolean dialled : new boolean[] {true, false}) {
        StreamLink link = routes.get(new Route(group, peer, kind, dialled));
        if (link != null) {
          link.reset(reason);
        }
      }
    }
  }

  /** Runs a task later on the timer's thread; never, if the transport is closed. */
  void after(long nanos, Runnable task) {
    timer.after(nanos, task);
  }

  boolean isClosed() {
    return closed;
  }

  /** The handler is told nothing more once this has returned. */
  void close() {
    closed = true;
    streams.forEach(PeerStream::awaitCallback);
  }
}
