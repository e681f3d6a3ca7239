package io.bowline.raft.grpc;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.GroupHello;
import io.bowline.raft.transport.LocalNode;
import io.bowline.raft.transport.TransportHandler;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** What all connections of one host share. */
final class PeerContext {
  /** Finds the stream on which a peer's requests about a group come. */
  record Route(GroupId group, NodeId peer, ConnectionKind kind) {}

  final LocalNode local;
  final TransportHandler handler;
  final TransportLimits limits;
  final RepeatedWarnings warnings;
  final Map<GroupId, GroupHello> groups = new ConcurrentHashMap<>();
  final Map<Route, PeerEndpoint> routes = new ConcurrentHashMap<>();
  final Set<PeerEndpoint> endpoints = ConcurrentHashMap.newKeySet();
  private final Timer timer;
  private final Consumer<NodeId> seen;

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

  /** Runs a task later on the timer's thread; never, if the transport is closed. */
  void after(long nanos, Runnable task) {
    timer.after(nanos, task);
  }
}
