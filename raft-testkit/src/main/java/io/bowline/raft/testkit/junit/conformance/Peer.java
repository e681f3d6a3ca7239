package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
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
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A host of which only the transport is real: it writes down what it is told, in order. */
final class Peer implements TransportHandler {
  static final ClusterId CLUSTER = ClusterId.of("conformance");
  static final GroupId GROUP = GroupId.of("kit");
  static final int MAX_MESSAGE_BYTES = 1 << 20;

  /** What a transport told. */
  sealed interface Told {
    /** By whom. */
    NodeId peer();

    /** For which group, in which life. */
    GroupHello hello();

    /** Asked whether that one is welcome. */
    record Asked(NodeId peer, GroupHello hello) implements Told {}

    /** The own connection for entries is open. */
    record Connected(NodeId peer, GroupHello hello) implements Told {}

    /** A message. */
    record Received(NodeId peer, GroupHello hello, Message message) implements Told {}
  }

  final NodeId id;
  final Transport transport;
  private final List<Told> told = new ArrayList<>();
  private boolean closed;
  private int late;

  /** Says why a hello is refused. */
  volatile Function<GroupHello, @Nullable String> judge = hello -> null;

  /** Runs in the callback, on the transport's thread. */
  volatile BiConsumer<NodeId, Message> onReceived = (peer, message) -> {};

  private Peer(NodeId id, Transport transport) {
    this.id = id;
    this.transport = transport;
  }

  static Peer start(Transport transport, String name, ClusterId cluster, int maxMessageBytes)
      throws IOException {
    Peer peer = new Peer(NodeId.of(name), transport);
    transport.start(new LocalNode(cluster, peer.id, 1, maxMessageBytes), peer);
    return peer;
  }

  /** What it says of itself in its n-th life. */
  GroupHello hello(GroupId group, long start) {
    return new GroupHello(group, 0x1234_5678L, new Incarnation(id.hashCode(), 7), start);
  }

  Peer serves(GroupId group, long start) {
    transport.openGroup(hello(group, start));
    return this;
  }

  /** Serves the kit's group in its first life. */
  Peer serves() {
    return serves(GROUP, 1);
  }

  Peer knows(Peer... others) {
    Map<NodeId, String> addresses = new LinkedHashMap<>();
    for (Peer other : others) {
      addresses.put(other.id, other.transport.address());
    }
    transport.peers(GROUP, addresses);
    return this;
  }

  boolean send(Peer to, Message message) {
    return transport.send(GROUP, to.id, message);
  }

  Message beat(long round) {
    return new Message.Heartbeat(id, 1, 1, round, 0, 0);
  }

  @Override
  public @Nullable String hello(NodeId peer, GroupHello hello) {
    note(new Told.Asked(peer, hello));
    return judge.apply(hello);
  }

  @Override
  public void connected(NodeId peer, GroupHello hello) {
    note(new Told.Connected(peer, hello));
  }

  @Override
  public void received(NodeId peer, GroupHello hello, Message message) {
    note(new Told.Received(peer, hello, message));
    onReceived.accept(peer, message);
  }

  @Override
  public void requests(List<ClientRequest> batch, ReplySink replies) {
    throw new AssertionError("no client is here");
  }

  private synchronized void note(Told what) {
    told.add(what);
    if (closed) {
      late++;
    }
  }

  /** Closes the transport; what is told from the return of that call on is late. */
  void close() {
    transport.close();
    synchronized (this) {
      closed = true;
    }
  }

  /** How much was told after the end. */
  synchronized int late() {
    return late;
  }

  synchronized List<Told> told() {
    return new ArrayList<>(told);
  }

  private <T extends Told> List<T> told(Class<T> kind) {
    return told().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  List<Told.Connected> connected() {
    return told(Told.Connected.class);
  }

  List<Told.Received> received() {
    return told(Told.Received.class);
  }

  List<Message> messages() {
    return received().stream().map(Told.Received::message).toList();
  }

  /** Those of them that bring entries. */
  List<Message.AppendEntries> appends() {
    List<Message.AppendEntries> appends = new ArrayList<>();
    for (Message message : messages()) {
      if (message instanceof Message.AppendEntries append && !append.entries().isEmpty()) {
        appends.add(append);
      }
    }
    return appends;
  }

  /** Rounds of the heartbeats that have come, in order. */
  List<Long> rounds() {
    List<Long> rounds = new ArrayList<>();
    for (Message message : messages()) {
      if (message instanceof Message.Heartbeat beat) {
        rounds.add(beat.round());
      }
    }
    return rounds;
  }
}
