package io.bowline.raft.testkit.junit.conformance;

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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A transport within one process, as small as the kit allows: a thread looks every few milliseconds
 * at what is missing, dials and opens links. Right as it is; who extends this bends one thing.
 */
class LoopbackTransport implements Transport {
  private static final long TICK_NANOS = 3_000_000;
  private static final int PAUSE_TICKS = 5;

  final LoopbackNet net;
  private final String address;
  private final Set<GroupId> groups = ConcurrentHashMap.newKeySet();
  private final Map<GroupId, Map<NodeId, List<String>>> peers = new ConcurrentHashMap<>();
  private final List<LoopbackConnection> dialed = new CopyOnWriteArrayList<>();
  private final List<LoopbackConnection> accepted = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> attempts = new ConcurrentHashMap<>();
  private final Object deliveries = new Object();
  private @Nullable LocalNode local;
  private @Nullable TransportHandler handler;
  private final AtomicInteger ticks = new AtomicInteger(1);
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

  /** Whether the message is dropped for its size. */
  boolean isTooLarge(Message message, LocalNode peer) {
    return false;
  }

  /** Whether what comes is handed over on a link on which nobody was let in. */
  boolean gates() {
    return true;
  }

  /** Whether that link is the way to that directory. */
  boolean leadsTo(LoopbackLink link, Peer to) {
    return to.equals(link.admitted());
  }

  /** A directory was let in: what it had before of the same kind is closed. */
  void admitted(LoopbackLink link, Peer peer) {
    for (LoopbackConnection one : link.isDialled() ? dialed : accepted) {
      LoopbackLink older = one.link(link.isDialled(), link.group());
      if (one != link.connection
          && one.forEntries == link.isForEntries()
          && older != null
          && peer.equals(older.admitted())) {
        one.close();
      }
    }
  }

  /** Whether a hello of that age is handed over when its group opens. */
  boolean handsOver(long ageNanos) {
    return true;
  }

  /** Whether a link that was refused, or not served, is opened again later. */
  boolean asksAgain(boolean notServed) {
    return true;
  }

  /** Where to dial at the n-th attempt. */
  String choose(List<String> addresses, int attempt) {
    return addresses.get(attempt % addresses.size());
  }

  /** Tells the host of a word. */
  void tell(LoopbackLink link, GroupWord word) {
    handler().said(link, word);
  }

  /** Hands over, unless it is closed. */
  void deliver(GroupId group, Peer from, Message message) {
    synchronized (deliveries) {
      if (!closed && groups.contains(group)) {
        handler().received(group, from, message);
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
      ticks.incrementAndGet();
      peers.forEach(
          (group, addresses) ->
              addresses.forEach(
                  (peer, where) -> {
                    if (groups.contains(group)) {
                      connect(group, peer, where, false);
                      connect(group, peer, where, true);
                    }
                  }));
      LockSupport.parkNanos(TICK_NANOS);
    }
  }

  private void connect(GroupId group, NodeId peer, List<String> where, boolean forEntries) {
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
      int attempt = attempts.merge(peer + (forEntries ? "/entries" : ""), 1, Integer::sum);
      open = dial(peer, choose(where, attempt - 1), forEntries);
    }
    if (open != null && !open.isClosed()) {
      open(open.makeLink(true, group));
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
    other.accepted.add(made);
    dialed.add(made);
    return made;
  }

  /** For the first time, or some time after a refusal. */
  private void open(LoopbackLink link) {
    synchronized (deliveries) {
      boolean isDue = link.refusedAtTick > 0 && ticks.get() - link.refusedAtTick > PAUSE_TICKS;
      if (!closed && (!link.isTold || isDue)) {
        link.isTold = true;
        link.refusedAtTick = 0;
        handler().opened(link);
      }
    }
  }

  void refused(LoopbackLink link, String reason) {
    net.refuse(this, link.connection.other(this), link.group() + ": " + reason);
    link.refusedAtTick = link.isDialled() && asksAgain(false) ? ticks.get() : 0;
  }

  final void arrived(LoopbackConnection on, boolean isDialled, GroupId group, Object content) {
    synchronized (deliveries) {
      if (closed) {
        return;
      }
      if (content instanceof GroupWord.Hello hello) {
        hello(on.makeLink(false, group), hello);
        return;
      }
      LoopbackLink link = on.link(isDialled, group);
      if (link == null) {
        return;
      }
      if (content instanceof GroupWord word) {
        tell(link, word);
      } else if (content instanceof LoopbackConnection.Refusal refusal) {
        refused(link, refusal);
      } else if (content instanceof Message message) {
        Peer from = link.admitted();
        if (from == null && !gates()) {
          from = new Peer(link.peer(), KitHost.directory(link.peer(), 1).incarnation());
        }
        if (from != null) {
          deliver(group, from, message);
        }
      }
    }
  }

  private void hello(LoopbackLink link, GroupWord.Hello hello) {
    link.hello = hello;
    link.helloNanos = System.nanoTime();
    if (groups.contains(link.group())) {
      link.isTold = true;
      tell(link, hello);
    } else {
      String reason = node() + " does not serve " + link.group();
      link.connection.refuse(false, link.group(), new LoopbackConnection.Refusal(reason, true));
    }
  }

  private void refused(LoopbackLink link, LoopbackConnection.Refusal refusal) {
    boolean passed = link.admitted() != null;
    link.part();
    if (refusal.notServed() && (passed || !link.isDialled())) {
      link.connection.removeLink(link.isDialled(), link.group()); // made anew at the next look
      tellClosed(link);
    } else {
      if (link.isTold) {
        handler().refused(link, refusal.reason());
      }
      link.refusedAtTick = asksAgain(refusal.notServed()) ? ticks.get() : 0;
    }
  }

  private void tellClosed(LoopbackLink link) {
    link.part();
    if (link.isTold && !closed) {
      link.isTold = false;
      handler().closed(link);
    }
  }

  /** A connection is no more. */
  final void ended(LoopbackConnection connection) {
    synchronized (deliveries) {
      accepted.remove(connection);
      connection.takeLinks(connection.dialer == this).forEach(this::tellClosed);
    }
  }

  @Override
  public void openGroup(GroupId group) {
    groups.add(group);
    net.pool.execute(() -> handOver(group));
  }

  private void handOver(GroupId group) {
    synchronized (deliveries) {
      for (LoopbackConnection one : accepted) {
        LoopbackLink link = one.link(false, group);
        GroupWord.Hello hello = link == null ? null : link.hello;
        if (link != null && hello != null && isDue(link)) {
          link.isTold = true;
          tell(link, hello);
        }
      }
    }
  }

  private boolean isDue(LoopbackLink link) {
    return !closed && !link.isTold && handsOver(System.nanoTime() - link.helloNanos);
  }

  @Override
  public void closeGroup(GroupId group) {
    groups.remove(group);
    for (boolean isDialled : new boolean[] {true, false}) {
      for (LoopbackConnection one : isDialled ? dialed : accepted) {
        LoopbackLink link = one.removeLink(isDialled, group);
        if (link != null) {
          link.part();
          one.refuse(isDialled, group, new LoopbackConnection.Refusal(node() + " left", true));
          net.pool.execute(() -> closedHere(link));
        }
      }
    }
  }

  private void closedHere(LoopbackLink link) {
    synchronized (deliveries) {
      tellClosed(link);
    }
  }

  @Override
  public void peers(GroupId group, Map<NodeId, List<String>> addresses) {
    peers.put(group, Map.copyOf(addresses));
  }

  @Override
  public boolean send(GroupId group, Peer to, Message message) {
    if (closed) {
      return false;
    }
    boolean isReply = message.getClass().getSimpleName().endsWith("Reply");
    if (!isReply && !peers.getOrDefault(group, Map.of()).containsKey(to.id())) {
      return false;
    }
    LoopbackLink way = null;
    for (LoopbackConnection one : isReply ? accepted : dialed) {
      LoopbackLink link = one.link(!isReply, group);
      if (one.forEntries == isOfEntries(message) && link != null && leadsTo(link, to)) {
        way = link;
      }
    }
    return way != null
        && !isTooLarge(message, way.connection.other(this).local())
        && way.connection.offer(!isReply, group, message);
  }

  @Override
  public void reset(GroupId group, Peer peer, String reason) {
    for (boolean isDialled : new boolean[] {true, false}) {
      for (LoopbackConnection one : new ArrayList<>(isDialled ? dialed : accepted)) {
        LoopbackLink link = one.link(isDialled, group);
        if (link != null && peer.equals(link.admitted())) {
          net.refuse(this, one.other(this), reason);
          one.close();
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
    synchronized (deliveries) {
      closed = true;
    }
    net.leave(address, this);
    dialed.forEach(LoopbackConnection::close);
    accepted.forEach(LoopbackConnection::close);
  }
}
