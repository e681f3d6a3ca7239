package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.transport.GroupHello;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A connection between two loopback transports: a bounded queue each way, and what was greeted. */
final class LoopbackConnection {
  /** What both sides have said of a group. */
  record Greeting(GroupHello dialer, GroupHello acceptor) {}

  private record Item(GroupId group, Message message, long bytes) {}

  private static final long HEADER_BYTES = 64;

  final LoopbackTransport dialer;
  final LoopbackTransport acceptor;
  final boolean forEntries;
  final Map<GroupId, Greeting> greeted = new ConcurrentHashMap<>();
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

  /** Sends, or drops: what is large waits only behind nothing. */
  boolean offer(LoopbackTransport from, GroupId group, Message message) {
    return !closed
        && greeted.containsKey(group)
        && (from == dialer ? out : back).offer(group, message);
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
    closed = true;
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
      queue.add(new Item(group, message, bytes));
      waiting += bytes;
      run();
      return true;
    }

    synchronized void run() {
      if (!running && !queue.isEmpty()) {
        running = true;
        net.pool.execute(this::drain);
      }
    }

    private void drain() {
      for (Item item = next(); item != null; item = next()) {
        Greeting greeting = greeted.get(item.group());
        if (greeting != null && !closed) {
          LoopbackTransport receiver = outwards ? acceptor : dialer;
          receiver.deliver(
              sender().node(), outwards ? greeting.dialer() : greeting.acceptor(), item.message());
        }
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
