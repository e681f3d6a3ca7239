package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.transport.GroupWord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A connection between two loopback transports: a bounded queue each way, and a link a group. */
final class LoopbackConnection {
  /** What is said: a word, a message, or a refusal. */
  private record Item(GroupId group, Object content, long bytes) {}

  /** The group is refused; or, if it is not served, asked for again later. */
  record Refusal(String reason, boolean notServed) {}

  private static final long HEADER_BYTES = 64;

  final LoopbackTransport dialer;
  final LoopbackTransport acceptor;
  final boolean forEntries;
  private final Map<GroupId, LoopbackLink> ofDialer = new ConcurrentHashMap<>();
  private final Map<GroupId, LoopbackLink> ofAcceptor = new ConcurrentHashMap<>();
  private final LoopbackNet net;
  private final LoopbackNet.@Nullable LoopbackCable cable;
  private final Way out = new Way(true);
  private final Way back = new Way(false);
  private volatile boolean closed;
  private volatile boolean wasCut;

  LoopbackConnection(
      LoopbackNet net,
      LoopbackTransport dialer,
      LoopbackTransport acceptor,
      boolean forEntries,
      LoopbackNet.@Nullable LoopbackCable cable) {
    this.net = net;
    this.dialer = dialer;
    this.acceptor = acceptor;
    this.forEntries = forEntries;
    this.cable = cable;
    if (cable != null) {
      cable.connections.add(this);
    }
  }

  LoopbackTransport other(LoopbackTransport side) {
    return side == dialer ? acceptor : dialer;
  }

  private Map<GroupId, LoopbackLink> linksOf(boolean isDialled) {
    return isDialled ? ofDialer : ofAcceptor;
  }

  @Nullable LoopbackLink link(boolean isDialled, GroupId group) {
    return linksOf(isDialled).get(group);
  }

  /** Made, if there is none. */
  LoopbackLink makeLink(boolean isDialled, GroupId group) {
    return linksOf(isDialled).computeIfAbsent(group, g -> new LoopbackLink(this, isDialled, g));
  }

  @Nullable LoopbackLink removeLink(boolean isDialled, GroupId group) {
    return linksOf(isDialled).remove(group);
  }

  /** All that one end still has; it has none afterwards. */
  List<LoopbackLink> takeLinks(boolean isDialled) {
    List<LoopbackLink> links = new ArrayList<>(linksOf(isDialled).values());
    linksOf(isDialled).clear();
    return links;
  }

  void say(boolean byDialer, GroupWord word) {
    (byDialer ? out : back).add(new Item(word.group(), word, HEADER_BYTES));
  }

  void refuse(boolean byDialer, GroupId group, Refusal refusal) {
    (byDialer ? out : back).add(new Item(group, refusal, HEADER_BYTES));
  }

  /** Sends, or drops: what is large waits only behind nothing. */
  boolean offer(boolean byDialer, GroupId group, Message message) {
    return !closed && (byDialer ? out : back).offer(group, message);
  }

  boolean isClosed() {
    return closed;
  }

  /** It broke on the way; neither side has closed it. */
  boolean wasCut() {
    return wasCut;
  }

  void cut() {
    wasCut = true;
    close();
  }

  void close() {
    if (!closed) {
      closed = true;
      net.pool.execute(() -> dialer.ended(this));
      net.pool.execute(() -> acceptor.ended(this));
    }
  }

  /** What a cable has held may pass. */
  void goOn() {
    out.run();
    back.run();
  }

  private final class Way {
    private final boolean outwards;
    private final ArrayDeque<Item> queue = new ArrayDeque<>();
    private long waiting;
    private long passed;
    private boolean running;

    Way(boolean outwards) {
      this.outwards = outwards;
    }

    private LoopbackTransport sender() {
      return outwards ? dialer : acceptor;
    }

    synchronized boolean offer(GroupId group, Message message) {
      EntryBatch entries =
          message instanceof Message.AppendEntries append ? append.entries() : EntryBatch.EMPTY;
      long bytes = HEADER_BYTES + entries.byteLength();
      if (!queue.isEmpty() && waiting + bytes > sender().mostThatWaits()) {
        return sender().dropsInSilence();
      }
      add(new Item(group, message, bytes));
      return true;
    }

    synchronized void add(Item item) {
      queue.add(item);
      waiting += item.bytes();
      run();
    }

    synchronized void run() {
      if (!running && !queue.isEmpty()) {
        running = true;
        net.pool.execute(this::drain);
      }
    }

    private void drain() {
      LoopbackTransport receiver = outwards ? acceptor : dialer;
      for (Item item = next(); item != null; item = next()) {
        receiver.arrived(LoopbackConnection.this, !outwards, item.group(), item.content());
      }
    }

    private synchronized @Nullable Item next() {
      Item item = queue.peek();
      if (item == null || closed || (cable != null && cable.holds(passed + item.bytes()))) {
        running = false;
        return null;
      }
      queue.remove();
      waiting -= item.bytes();
      passed += item.bytes();
      return item;
    }
  }
}
