package io.bowline.raft.testkit;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.transport.GroupWord;
import io.bowline.raft.transport.LocalNode;
import io.bowline.raft.transport.Transport;
import io.bowline.raft.transport.TransportHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The transport of one node in one of its lives, over the {@link SimulatedNetwork}. */
final class SimulatedTransport implements Transport {
  private static final long REDIAL_NANOS = 200_000_000;

  /** Where a message to a directory leaves. */
  private record Route(GroupId group, Peer peer, boolean dialled, boolean forEntries) {}

  private final SimulatedNetwork network;
  private final Life life;
  private final String address;
  private final Set<GroupId> groups = new LinkedHashSet<>();
  private final Map<GroupId, Map<NodeId, List<String>>> peers = new LinkedHashMap<>();
  private final Map<NodeId, Link> links = new LinkedHashMap<>();
  private final List<Connection> accepted = new ArrayList<>();
  private final Map<Route, SimulatedLink> routes = new LinkedHashMap<>();
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

  boolean serves(GroupId group) {
    return !isGone() && groups.contains(group);
  }

  @Override
  public void openGroup(GroupId group) {
    groups.add(group);
    for (Link link : List.copyOf(links.values())) {
      link.open(group);
    }
    for (Connection connection : List.copyOf(accepted)) {
      connection.served(group);
    }
  }

  @Override
  public void closeGroup(GroupId group) {
    groups.remove(group);
    peers.remove(group);
    for (Link link : List.copyOf(links.values())) {
      link.forget(group);
    }
    for (Connection connection : List.copyOf(accepted)) {
      connection.forget(this, group);
    }
  }

  @Override
  public void peers(GroupId group, Map<NodeId, List<String>> addresses) {
    peers.put(group, new LinkedHashMap<>(addresses));
    for (Map.Entry<NodeId, List<String>> peer : addresses.entrySet()) {
      if (!peer.getKey().equals(local().node())) {
        links.computeIfAbsent(peer.getKey(), Link::new).open(group);
      }
    }
  }

  private boolean wants(GroupId group, NodeId peer) {
    Map<NodeId, List<String>> known = peers.get(group);
    return known != null && known.containsKey(peer);
  }

  /** All places where that node may be tried. */
  private List<String> addressesOf(NodeId peer) {
    Set<String> all = new LinkedHashSet<>();
    for (Map<NodeId, List<String>> known : peers.values()) {
      all.addAll(known.getOrDefault(peer, List.of()));
    }
    return List.copyOf(all);
  }

  @Override
  public boolean send(GroupId group, Peer to, Message message) {
    if (isGone() || (!isReply(message) && !wants(group, to.id()))) {
      return false;
    }
    SimulatedLink link = routes.get(new Route(group, to, !isReply(message), isOfEntries(message)));
    Integer slot = slotOf(to.id());
    if (slot != null) {
      network.observe(group, slot(), slot, message);
    }
    return link != null && link.connection().send(link, message);
  }

  /** By where it was meant to be from the beginning. */
  private @Nullable Integer slotOf(NodeId node) {
    List<String> places = addressesOf(node);
    return places.isEmpty() ? null : network.slotOf(places.get(0));
  }

  /** By the name, so that a new message type needs nothing here. */
  private static boolean isReply(Message message) {
    return message.getClass().getSimpleName().endsWith("Reply");
  }

  private static boolean isOfEntries(Message message) {
    return message.getClass().getSimpleName().startsWith("Append");
  }

  @Override
  public void reset(GroupId group, Peer peer, String reason) {
    network.simulation().trace().line(network.simulation().now(), slot(), reason);
    for (boolean dialled : new boolean[] {false, true}) {
      for (boolean forEntries : new boolean[] {false, true}) {
        SimulatedLink link = routes.get(new Route(group, peer, dialled, forEntries));
        if (link != null) {
          link.part();
          link.connection().breakAfter(0);
        }
      }
    }
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

  /** An older stream of the same directory is closed, so that its owner dials again. */
  void admitted(SimulatedLink link, Peer peer) {
    Route route = new Route(link.group(), peer, link.isDialled(), link.isForEntries());
    SimulatedLink older = routes.put(route, link);
    if (older != null && older != link) {
      older.connection().breakAfter(0);
    }
  }

  void parted(SimulatedLink link, Peer peer) {
    Route route = new Route(link.group(), peer, link.isDialled(), link.isForEntries());
    routes.remove(route, link);
  }

  private void tell(Runnable call) {
    if (!isGone()) {
      network.simulation().run(call);
    }
  }

  void opened(SimulatedLink link) {
    tell(() -> handler().opened(link));
  }

  void said(SimulatedLink link, GroupWord word) {
    tell(() -> handler().said(link, word));
  }

  void refused(SimulatedLink link, String reason) {
    network.simulation().trace().line(network.simulation().now(), slot(), reason);
    tell(() -> handler().refused(link, reason));
  }

  void closed(SimulatedLink link) {
    tell(() -> handler().closed(link));
  }

  void received(Connection connection, Life sender, GroupId group, Peer from, Message said) {
    Simulation simulation = network.simulation();
    network.observeReceived(group, sender, slot(), said); // what was meant
    Message absurd = network.absurd().instead(sender, group, said);
    simulation.marks().hitIf(absurd != null, Mark.ABSURD_NUMBER);
    Message message = absurd == null ? said : absurd;
    String problem = message.problem();
    if (problem == null) {
      tell(() -> handler().received(group, from, message));
    } else if (absurd == null) {
      throw simulation.failure("HONEST_UNDERSTOOD", from.id() + " says what cannot be: " + problem);
    } else {
      simulation.trace().line(simulation.now(), slot(), problem);
      connection.breakNow();
    }
  }

  /** What was amiss may be cured by then. */
  void openLater(Connection connection, GroupId group) {
    long later = REDIAL_NANOS + network.random().nextLong(4 * REDIAL_NANOS);
    network
        .simulation()
        .at(
            network.simulation().now() + later,
            new Event(Event.Kind.CONNECTION, life) {
              @Override
              void happen() {
                connection.open(group);
              }

              @Override
              String describe() {
                return "asks again about " + group;
              }
            });
  }

  void accept(Connection connection) {
    accepted.add(connection);
  }

  void lost(Connection connection) {
    accepted.remove(connection);
    for (Link link : links.values()) {
      if (!isGone()) {
        link.lost(connection);
      }
    }
  }

  /** This node's two connections to one peer: dials again whenever one is down. */
  private final class Link {
    private final NodeId peer;
    private @Nullable Connection control;
    private @Nullable Connection entries;
    private int attempts;

    Link(NodeId peer) {
      this.peer = peer;
      dialAfter(0, false);
      dialAfter(0, true);
    }

    private @Nullable Connection connection(boolean forEntries) {
      return forEntries ? entries : control;
    }

    /** Where it is tried now: an attempt that failed tries the next place. */
    private @Nullable Integer slotToDial() {
      List<String> places = addressesOf(peer);
      return places.isEmpty() ? null : network.slotOf(places.get(attempts % places.size()));
    }

    private void dialAfter(long backoff, boolean forEntries) {
      Integer there = slotToDial();
      long delay = there == null || there == slot() ? 0 : network.delay(slot(), there);
      network
          .simulation()
          .at(
              network.simulation().now() + backoff + delay,
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
      if (closed || connection(forEntries) != null) {
        return;
      }
      SimulatedTransport other = reachable();
      if (other == null) {
        attempts++;
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
      for (GroupId group : List.copyOf(groups)) {
        if (wants(group, peer)) {
          made.open(group);
        }
      }
    }

    /** Who listens there, if it is the one that is meant. */
    private @Nullable SimulatedTransport reachable() {
      Integer there = slotToDial();
      if (there == null) {
        return null;
      }
      SimulatedTransport other = network.endpoint(there);
      boolean reached =
          there != null
              && other != null
              && there != slot()
              && !network.refuses(there)
              && !network.isBlocked(slot(), there)
              && !network.isBlocked(there, slot())
              && other.local().cluster().equals(local().cluster())
              && other.local().node().equals(peer);
      return reached ? other : null;
    }

    /** Jittered, as every back-off. */
    private void redial(boolean forEntries) {
      dialAfter(REDIAL_NANOS / 8 + network.random().nextLong(REDIAL_NANOS), forEntries);
    }

    void open(GroupId group) {
      if (!wants(group, peer)) {
        return;
      }
      for (boolean forEntries : new boolean[] {false, true}) {
        Connection connection = connection(forEntries);
        if (connection != null) {
          connection.open(group);
        }
      }
    }

    void forget(GroupId group) {
      for (boolean forEntries : new boolean[] {false, true}) {
        Connection connection = connection(forEntries);
        if (connection != null) {
          connection.forget(SimulatedTransport.this, group);
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
