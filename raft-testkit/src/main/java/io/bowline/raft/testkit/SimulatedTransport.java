package io.bowline.raft.testkit;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.GroupHello;
import io.bowline.raft.transport.LocalNode;
import io.bowline.raft.transport.Transport;
import io.bowline.raft.transport.TransportHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The transport of one node in one of its lives, over the {@link SimulatedNetwork}. */
final class SimulatedTransport implements Transport {
  private static final long REDIAL_NANOS = 200_000_000;

  private final SimulatedNetwork network;
  private final Life life;
  private final String address;
  private final Map<GroupId, GroupHello> groups = new LinkedHashMap<>();
  private final Map<GroupId, Map<NodeId, String>> peers = new LinkedHashMap<>();
  private final Map<Integer, Link> links = new LinkedHashMap<>();
  private final List<Connection> accepted = new ArrayList<>();
  private @Nullable LocalNode local;
  private @Nullable TransportHandler handler;
  private boolean closed;

  SimulatedTransport(SimulatedNetwork network, Life life, String address) {
    this.network = network;
    this.life = life;
    this.address = address;
  }

  Life life() {
    return life;
  }

  int slot() {
    return life.slot();
  }

  /** Whether nobody listens here any more. */
  boolean isGone() {
    return closed || life.isDead();
  }

  @Override
  public void start(LocalNode localNode, TransportHandler itsHandler) throws IOException {
    if (life.isDead()) {
      throw new ProcessDied();
    }
    if (network.endpoint(slot()) != null) {
      throw new IOException(address + " is in use");
    }
    local = localNode;
    handler = itsHandler;
    network.opened(this);
  }

  LocalNode local() {
    if (local == null) {
      throw new IllegalStateException("start comes first");
    }
    return local;
  }

  TransportHandler handler() {
    if (handler == null) {
      throw new IllegalStateException("start comes first");
    }
    return handler;
  }

  @Override
  public void openGroup(GroupHello hello) {
    groups.put(hello.group(), hello);
    for (Link link : links.values()) {
      link.greet(hello.group());
    }
    for (Connection connection : accepted) {
      connection.greet(hello.group());
    }
  }

  @Override
  public void closeGroup(GroupId group) {
    groups.remove(group);
    peers.remove(group);
    for (Link link : links.values()) {
      link.forget(group);
    }
    for (Connection connection : accepted) {
      connection.forget(group);
    }
  }

  @Nullable GroupHello helloOf(GroupId group) {
    return groups.get(group);
  }

  @Override
  public void peers(GroupId group, Map<NodeId, String> addresses) {
    peers.put(group, new LinkedHashMap<>(addresses));
    for (Map.Entry<NodeId, String> peer : addresses.entrySet()) {
      Integer slot = network.slotOf(peer.getValue());
      if (slot != null && slot != slot()) {
        links.computeIfAbsent(slot, Link::new);
      }
    }
  }

  @Override
  public boolean send(GroupId group, NodeId to, Message message) {
    if (isGone()) {
      return false;
    }
    Integer slot = slotOf(group, to);
    if (slot == null) {
      return false;
    }
    Connection connection = isReply(message) ? acceptedFrom(slot, message) : dialed(slot, message);
    network.observe(slot(), slot, message);
    return connection != null && connection.send(this, group, message);
  }

  private @Nullable Integer slotOf(GroupId group, NodeId to) {
    Map<NodeId, String> known = peers.get(group);
    String itsAddress = known == null ? null : known.get(to);
    return itsAddress == null ? null : network.slotOf(itsAddress);
  }

  /** By the name, so that a new message type needs nothing here. */
  private static boolean isReply(Message message) {
    return message.getClass().getSimpleName().endsWith("Reply");
  }

  private static boolean isOfEntries(Message message) {
    return message.getClass().getSimpleName().startsWith("Append");
  }

  private @Nullable Connection dialed(int slot, Message message) {
    Link link = links.get(slot);
    return link == null ? null : link.connection(isOfEntries(message));
  }

  private @Nullable Connection acceptedFrom(int slot, Message message) {
    for (int i = accepted.size() - 1; i >= 0; i--) { // the newest that the peer made
      Connection connection = accepted.get(i);
      if (connection.dialer().slot() == slot && connection.isForEntries() == isOfEntries(message)) {
        return connection;
      }
    }
    return null;
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public void close() {
    closed = true;
    network.crashed(life); // its connections end in the same way
  }

  // What connections tell.

  boolean welcomes(SimulatedTransport peer, GroupHello hello) {
    if (!local().cluster().equals(peer.local().cluster())) {
      return false;
    }
    @Nullable String[] refusal = new @Nullable String[1];
    network.simulation().run(() -> refusal[0] = handler().hello(peer.local().node(), hello));
    if (refusal[0] != null) {
      network.simulation().trace().line(network.simulation().now(), slot(), refusal[0]);
    }
    return refusal[0] == null && !life.isDead();
  }

  void connected(SimulatedTransport peer, GroupHello hello) {
    network.simulation().run(() -> handler().connected(peer.local().node(), hello));
  }

  void received(SimulatedTransport peer, GroupId group, GroupHello hello, Message message) {
    if (!closed && groups.containsKey(group)) {
      NodeId from = peer.local().node();
      network.observeReceived(peer.life(), slot(), message);
      network.simulation().run(() -> handler().received(from, hello, message));
    }
  }

  void accept(Connection connection) {
    accepted.add(connection);
  }

  void lost(Connection connection) {
    accepted.remove(connection);
    Link link = links.get(connection.acceptor().slot());
    if (link != null && !isGone()) {
      link.lost(connection);
    }
  }

  /** This node's two connections to one peer: dials again whenever one is down. */
  private final class Link {
    private final int peer;
    private @Nullable Connection control;
    private @Nullable Connection entries;

    Link(int peer) {
      this.peer = peer;
      dialAfter(0, false);
      dialAfter(0, true);
    }

    @Nullable Connection connection(boolean forEntries) {
      return forEntries ? entries : control;
    }

    private void dialAfter(long backoff, boolean forEntries) {
      long time = network.simulation().now() + backoff + network.delay(slot(), peer);
      network
          .simulation()
          .at(
              time,
              new Event(Event.Kind.CONNECTION, life) {
                @Override
                void happen() {
                  dial(forEntries);
                }

                @Override
                String describe() {
                  return "dials " + peer + (forEntries ? " for entries" : "");
                }
              });
    }

    private void dial(boolean forEntries) {
      SimulatedTransport other = network.endpoint(peer);
      if (closed || connection(forEntries) != null) {
        return;
      }
      if (other == null
          || network.refuses(peer)
          || network.isBlocked(slot(), peer)
          || network.isBlocked(peer, slot())) {
        redial(forEntries);
        return;
      }
      Connection made = new Connection(network, SimulatedTransport.this, other, forEntries);
      if (forEntries) {
        entries = made;
      } else {
        control = made;
      }
      network.made(made);
      other.accept(made);
      for (GroupId group : groups.keySet()) {
        made.greet(group);
      }
    }

    /** Jittered, as every back-off. */
    private void redial(boolean forEntries) {
      dialAfter(REDIAL_NANOS / 8 + network.random().nextLong(REDIAL_NANOS), forEntries);
    }

    void greet(GroupId group) {
      for (boolean forEntries : new boolean[] {false, true}) {
        Connection connection = connection(forEntries);
        if (connection != null) {
          connection.greet(group);
        }
      }
    }

    void forget(GroupId group) {
      for (boolean forEntries : new boolean[] {false, true}) {
        Connection connection = connection(forEntries);
        if (connection != null) {
          connection.forget(group);
        }
      }
    }

    void lost(Connection connection) {
      if (connection == control) {
        control = null;
        redial(false);
      } else if (connection == entries) {
        entries = null;
        redial(true);
      }
    }
  }
}
