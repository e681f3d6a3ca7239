package io.bowline.raft;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.transport.LocalNode;
import io.bowline.raft.transport.Transport;
import io.bowline.raft.transport.TransportHandler;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hosts in one process, joined by a thread for each receiver; a node can be cut off. Each address
 * is one endpoint, whatever node listens there.
 */
final class LoopbackNetwork implements AutoCloseable {
  private static final long ASK_AGAIN_MILLIS = 100;

  private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();
  private final Set<NodeId> isolated = ConcurrentHashMap.newKeySet();

  Transport transport(String address) {
    return new Endpoint(address);
  }

  void isolate(NodeId node) {
    isolated.add(node);
  }

  /** Ends the isolation; all connections are made anew. */
  void heal() {
    isolated.clear();
    endpoints.values().forEach(Endpoint::hangUp);
    connectAll();
  }

  private void connectAll() {
    endpoints.values().forEach(Endpoint::connect);
  }

  boolean isCut(Endpoint one, Endpoint other) {
    return isolated.contains(one.node()) || isolated.contains(other.node());
  }

  @Override
  public void close() {
    endpoints.values().forEach(Endpoint::close);
  }

  /** What one host has of the network. */
  final class Endpoint implements Transport {
    private record Route(GroupId group, Peer peer, boolean dialled, boolean forEntries) {}

    private final String address;
    private final ScheduledExecutorService inbox =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "loopback");
              thread.setDaemon(true);
              return thread;
            });
    private final Set<GroupId> open = ConcurrentHashMap.newKeySet();
    private final Map<GroupId, Map<NodeId, List<String>>> peers = new ConcurrentHashMap<>();
    private final Set<LoopbackLink> links = ConcurrentHashMap.newKeySet();
    private final Map<Route, LoopbackLink> routes = new ConcurrentHashMap<>();
    private @Nullable LocalNode local;
    private @Nullable TransportHandler handler;

    Endpoint(String address) {
      this.address = address;
    }

    NodeId node() {
      return local().node();
    }

    private LocalNode local() {
      if (local == null) {
        throw new IllegalStateException("not started");
      }
      return local;
    }

    TransportHandler handler() {
      if (handler == null) {
        throw new IllegalStateException("not started");
      }
      return handler;
    }

    @Override
    public void start(LocalNode own, TransportHandler receiver) {
      local = own;
      handler = receiver;
      endpoints.put(address, this);
    }

    @Override
    public void openGroup(GroupId group) {
      open.add(group);
      connectAll();
    }

    @Override
    public void closeGroup(GroupId group) {
      open.remove(group);
      peers.remove(group);
      links.stream().filter(link -> link.group().equals(group)).toList().forEach(this::end);
    }

    @Override
    public void peers(GroupId group, Map<NodeId, List<String>> addresses) {
      peers.put(group, Map.copyOf(addresses));
      connect();
    }

    /** Two connections to each peer that serves the group too, unless they are there. */
    private synchronized void connect() {
      for (GroupId group : open) {
        for (Map.Entry<NodeId, List<String>> peer :
            peers.getOrDefault(group, Map.of()).entrySet()) {
          Endpoint there = listening(peer.getKey(), peer.getValue());
          if (there != null && there != this && there.open.contains(group)) {
            dial(group, there, false);
            dial(group, there, true);
          }
        }
      }
    }

    private @Nullable Endpoint listening(NodeId node, Collection<String> places) {
      for (String place : places) {
        Endpoint there = endpoints.get(place);
        if (there != null && there.node().equals(node)) {
          return there;
        }
      }
      return null;
    }

    private void dial(GroupId group, Endpoint there, boolean forEntries) {
      for (LoopbackLink link : links) {
        if (link.isDialled()
            && link.isForEntries() == forEntries
            && link.group().equals(group)
            && link.there() == there) {
          return;
        }
      }
      LoopbackLink near = LoopbackLink.dial(group, this, there, forEntries);
      deliver(() -> handler().opened(near));
    }

    void add(LoopbackLink link) {
      links.add(link);
    }

    void askAgain(LoopbackLink link) {
      if (!inbox.isShutdown()) {
        ScheduledFuture<?> unused =
            inbox.schedule(
                () -> {
                  if (links.contains(link)) {
                    handler().opened(link);
                  }
                },
                ASK_AGAIN_MILLIS,
                TimeUnit.MILLISECONDS);
      }
    }

    void deliver(Runnable task) {
      if (!inbox.isShutdown()) {
        inbox.execute(task);
      }
    }

    void admitted(LoopbackLink link, Peer peer) {
      Route route = new Route(link.group(), peer, link.isDialled(), link.isForEntries());
      LoopbackLink older = routes.put(route, link);
      if (older != null && older != link) {
        end(older);
        connectAll();
      }
    }

    /** Both ends of a connection are gone. */
    private void end(LoopbackLink link) {
      drop(link);
      link.there().drop(link.far());
    }

    private void drop(LoopbackLink link) {
      if (links.remove(link)) {
        routes.values().remove(link);
        deliver(() -> handler().closed(link));
      }
    }

    private void hangUp() {
      new HashSet<>(links).forEach(this::end);
    }

    @Override
    public boolean send(GroupId group, Peer to, Message message) {
      boolean isReply = message.getClass().getSimpleName().endsWith("Reply");
      boolean forEntries = message.getClass().getSimpleName().startsWith("Append");
      LoopbackLink link = routes.get(new Route(group, to, !isReply, forEntries));
      return link != null && link.send(message);
    }

    boolean isCutFrom(Endpoint other) {
      return isCut(this, other);
    }

    @Override
    public void reset(GroupId group, Peer peer, String reason) {
      for (Map.Entry<Route, LoopbackLink> route : Set.copyOf(routes.entrySet())) {
        if (route.getKey().group().equals(group) && route.getKey().peer().equals(peer)) {
          end(route.getValue());
        }
      }
      connectAll();
    }

    @Override
    public String address() {
      return address;
    }

    @Override
    public void close() {
      endpoints.remove(address, this);
      hangUp();
      inbox.shutdown();
    }
  }
}
