package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.GroupHello;
import io.bowline.raft.transport.LocalNode;
import io.bowline.raft.transport.Transport;
import io.bowline.raft.transport.TransportHandler;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A transport within one process, as small as the kit allows: a thread looks every few milliseconds
 * at what is missing, dials and greets. Right as it is; who extends this bends one thing.
 */
class LoopbackTransport implements Transport {
  private static final long TICK_NANOS = 3_000_000;

  final LoopbackNet net;
  private final String address;
  private final Map<GroupId, GroupHello> groups = new ConcurrentHashMap<>();
  private final Map<GroupId, Map<NodeId, String>> peers = new ConcurrentHashMap<>();
  private final List<LoopbackConnection> dialed = new CopyOnWriteArrayList<>();
  private final List<LoopbackConnection> accepted = new CopyOnWriteArrayList<>();
  private final Object deliveries = new Object();
  private @Nullable LocalNode local;
  private @Nullable TransportHandler handler;
  private volatile boolean closed;

  LoopbackTransport(LoopbackNet net, @Nullable String address) {
    this.net = net;
    this.address = address == null ? net.newAddress() : address;
  }

  // What a wrong one bends.

  long mostThatWaits() {
    return 1 << 20;
  }

  /** What is told of a message that finds no room. */
  boolean dropsInSilence() {
    return false;
  }

  boolean tellsRefusals() {
    return true;
  }

  boolean isOfEntries(Message message) {
    return message instanceof Message.AppendEntries || message instanceof Message.AppendReply;
  }

  boolean tellsConnected(boolean forEntries) {
    return forEntries;
  }

  /** Whether a connection that ended so is dialed again. */
  boolean redials(LoopbackConnection ended) {
    return true;
  }

  /** Why these two do not talk at all. */
  @Nullable String refusal(NodeId expected, LocalNode one, LocalNode other) {
    if (!one.cluster().equals(other.cluster())) {
      return one.node()
          + " is of cluster "
          + one.cluster()
          + ", "
          + other.node()
          + " of cluster "
          + other.cluster();
    }
    return expected.equals(other.node())
        ? null
        : "where " + expected + " was expected, " + other.node() + " answers";
  }

  /** Asks the host; {@code null} if that one is welcome. */
  @Nullable String judge(boolean hasDialed, NodeId peer, GroupHello hello) {
    return Objects.requireNonNull(handler).hello(peer, hello);
  }

  boolean isTooLarge(Message.AppendEntries append, LocalNode peer) {
    return append.entries().byteLength() > peer.maxMessageBytes();
  }

  /** Hands over, unless it is closed. */
  void deliver(NodeId from, GroupHello hello, Message message) {
    synchronized (deliveries) {
      if (!closed && groups.containsKey(hello.group())) {
        handler().received(from, hello, message);
      }
    }
  }

  // What every transport does.

  final TransportHandler handler() {
    return Objects.requireNonNull(handler, "start comes first");
  }

  final LocalNode local() {
    return Objects.requireNonNull(local, "start comes first");
  }

  final NodeId node() {
    return local().node();
  }

  @Override
  public void start(LocalNode localNode, TransportHandler itsHandler) throws IOException {
    local = localNode;
    handler = itsHandler;
    net.listen(address, this);
    net.pool.execute(this::live);
  }

  private void live() {
    while (!closed) {
      tick();
      LockSupport.parkNanos(TICK_NANOS);
    }
  }

  private void tick() {
    peers.forEach(
        (group, addresses) ->
            addresses.forEach(
                (peer, where) -> {
                  if (groups.containsKey(group)) {
                    connect(group, peer, where, false);
                    connect(group, peer, where, true);
                  }
                }));
  }

  private void connect(GroupId group, NodeId peer, String where, boolean forEntries) {
    LoopbackConnection open = null;
    for (LoopbackConnection one : dialed) {
      if (one.forEntries == forEntries && one.acceptor.node().equals(peer)) {
        open = one;
      }
    }
    if (open != null && open.isClosed() && redials(open)) {
      dialed.remove(open);
      open = null;
    }
    if (open == null) {
      open = dial(peer, where, forEntries);
    }
    if (open != null && !open.isClosed()) {
      greet(open, group);
    }
  }

  private @Nullable LoopbackConnection dial(NodeId peer, String where, boolean forEntries) {
    LoopbackTransport other = net.at(where);
    if (other == null || other.closed) {
      return null;
    }
    String refusal = refusal(peer, local(), other.local());
    if (refusal != null) {
      net.refuse(this, other, refusal);
      return null;
    }
    LoopbackConnection made =
        new LoopbackConnection(net, this, other, forEntries, net.cable(where));
    dialed.add(made);
    other.accepted.add(made);
    return made;
  }

  private void greet(LoopbackConnection open, GroupId group) {
    LoopbackTransport other = open.acceptor;
    GroupHello own = groups.get(group);
    GroupHello its = other.groups.get(group);
    if (own == null || its == null) {
      return;
    }
    LoopbackConnection.Greeting greeting = new LoopbackConnection.Greeting(own, its);
    if (greeting.equals(open.greeted.get(group))) {
      return;
    }
    String refusal = other.judge(false, node(), own);
    if (refusal == null) {
      refusal = judge(true, other.node(), its);
    }
    if (refusal != null) {
      net.refuse(this, other, group + ": " + refusal);
      return;
    }
    open.greeted.put(group, greeting);
    if (tellsConnected(open.forEntries)) {
      handler().connected(other.node(), its);
    }
  }

  @Override
  public void openGroup(GroupHello hello) {
    groups.put(hello.group(), hello);
  }

  @Override
  public void closeGroup(GroupId group) {
    groups.remove(group);
    dialed.forEach(one -> one.greeted.remove(group));
    accepted.forEach(one -> one.greeted.remove(group));
  }

  @Override
  public void peers(GroupId group, Map<NodeId, String> addresses) {
    peers.put(group, Map.copyOf(addresses));
  }

  @Override
  public boolean send(GroupId group, NodeId to, Message message) {
    if (closed) {
      return false;
    }
    boolean isReply = message.getClass().getSimpleName().endsWith("Reply");
    if (!isReply && !peers.getOrDefault(group, Map.of()).containsKey(to)) {
      return false;
    }
    LoopbackConnection way = isReply ? acceptedFrom(to, message) : dialedTo(to, message);
    if (way == null) {
      return false;
    }
    if (message instanceof Message.AppendEntries append
        && isTooLarge(append, way.acceptor.local())) {
      return false;
    }
    return way.offer(this, group, message);
  }

  private @Nullable LoopbackConnection dialedTo(NodeId peer, Message message) {
    for (LoopbackConnection one : dialed) {
      if (one.forEntries == isOfEntries(message) && one.acceptor.node().equals(peer)) {
        return one;
      }
    }
    return null;
  }

  private @Nullable LoopbackConnection acceptedFrom(NodeId peer, Message message) {
    LoopbackConnection newest = null;
    for (LoopbackConnection one : accepted) {
      if (one.forEntries == isOfEntries(message) && one.dialer.node().equals(peer)) {
        newest = one;
      }
    }
    return newest;
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public void close() {
    synchronized (deliveries) {
      closed = true;
    }
    net.leave(address, this);
    dialed.forEach(LoopbackConnection::close);
    accepted.forEach(LoopbackConnection::close);
  }
}
