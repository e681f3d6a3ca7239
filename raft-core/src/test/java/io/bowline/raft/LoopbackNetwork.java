package io.bowline.raft;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.GroupHello;
import io.bowline.raft.transport.LocalNode;
import io.bowline.raft.transport.Transport;
import io.bowline.raft.transport.TransportHandler;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Hosts in one process, joined by a thread for each receiver; a node can be cut off. */
final class LoopbackNetwork implements AutoCloseable {
  private final Map<NodeId, Endpoint> endpoints = new ConcurrentHashMap<>();
  private final Set<NodeId> isolated = ConcurrentHashMap.newKeySet();

  Transport transport(String address) {
    return new Endpoint(address);
  }

  void isolate(NodeId node) {
    isolated.add(node);
  }

  void heal() {
    isolated.clear();
    endpoints.values().forEach(Endpoint::greetAll);
  }

  @Override
  public void close() {
    endpoints.values().forEach(Endpoint::close);
  }

  private final class Endpoint implements Transport {
    private final String address;
    private final ExecutorService inbox =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "loopback");
              thread.setDaemon(true);
              return thread;
            });
    private final Map<GroupId, GroupHello> open = new ConcurrentHashMap<>();
    private final Map<GroupId, Set<NodeId>> peers = new ConcurrentHashMap<>();
    private @Nullable NodeId self;
    private @Nullable TransportHandler handler;

    Endpoint(String address) {
      this.address = address;
    }

    @Override
    public void start(LocalNode local, TransportHandler receiver) {
      self = local.node();
      handler = receiver;
      endpoints.put(local.node(), this);
    }

    @Override
    public void openGroup(GroupHello hello) {
      open.put(hello.group(), hello);
      endpoints.values().forEach(Endpoint::greetAll);
    }

    @Override
    public void closeGroup(GroupId group) {
      open.remove(group);
    }

    @Override
    public void peers(GroupId group, Map<NodeId, String> addresses) {
      peers.put(group, Set.copyOf(addresses.keySet()));
      greetAll();
    }

    /** A connection to each peer that serves the group too. */
    private void greetAll() {
      peers.forEach(
          (group, nodes) ->
              nodes.forEach(
                  node -> {
                    Endpoint peer = endpoints.get(node);
                    GroupHello hello = peer == null ? null : peer.open.get(group);
                    GroupHello own = open.get(group);
                    if (peer != null && hello != null && own != null) {
                      deliver(() -> handler().connected(node, hello));
                    }
                  }));
    }

    private TransportHandler handler() {
      if (handler == null) {
        throw new IllegalStateException("not started");
      }
      return handler;
    }

    private void deliver(Runnable task) {
      if (!inbox.isShutdown()) {
        inbox.execute(task);
      }
    }

    @Override
    public boolean send(GroupId group, NodeId to, Message message) {
      Endpoint peer = endpoints.get(to);
      GroupHello own = open.get(group);
      NodeId from = self;
      if (peer == null
          || own == null
          || from == null
          || !peer.open.containsKey(group)
          || isolated.contains(from)
          || isolated.contains(to)) {
        return false;
      }
      peer.deliver(
          () -> {
            if (peer.handler().hello(from, own) == null) {
              peer.handler().received(from, own, message);
            }
          });
      return true;
    }

    @Override
    public String address() {
      return address;
    }

    @Override
    public void close() {
      if (self != null) {
        endpoints.remove(self, this);
      }
      inbox.shutdown();
    }
  }
}
