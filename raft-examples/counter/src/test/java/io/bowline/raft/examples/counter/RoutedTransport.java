package io.bowline.raft.examples.counter;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.transport.LocalNode;
import io.bowline.raft.transport.Transport;
import io.bowline.raft.transport.TransportHandler;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A transport that reaches its peers by detours, through a proxy for each, and is listened to. */
final class RoutedTransport implements Transport {
  private final Transport transport;
  private final Map<NodeId, String> routes;
  final Overheard overheard = new Overheard();

  RoutedTransport(Transport transport, Map<NodeId, String> routes) {
    this.transport = transport;
    this.routes = routes;
  }

  @Override
  public void peers(GroupId group, Map<NodeId, List<String>> addresses) {
    Map<NodeId, List<String>> routed = new TreeMap<>(addresses);
    routed.replaceAll(
        (peer, known) -> {
          String detour = routes.get(peer);
          return detour == null ? known : List.of(detour);
        });
    transport.peers(group, routed);
  }

  @Override
  public void start(LocalNode local, TransportHandler handler) throws IOException {
    transport.start(local, overheard.before(handler));
  }

  @Override
  public void openGroup(GroupId group) {
    transport.openGroup(group);
  }

  @Override
  public void closeGroup(GroupId group) {
    transport.closeGroup(group);
  }

  @Override
  public boolean send(GroupId group, Peer to, Message message) {
    return transport.send(group, to, message);
  }

  @Override
  public void reset(GroupId group, Peer peer, String reason) {
    transport.reset(group, peer, reason);
  }

  @Override
  public void health(GroupId group, boolean serving) {
    transport.health(group, serving);
  }

  @Override
  public void leaving() {
    transport.leaving();
  }

  @Override
  public String address() {
    return transport.address();
  }

  @Override
  public void close() {
    transport.close();
  }
}
