package io.bowline.raft.testkit;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Message;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What a leader has sent to one peer and was not answered is bounded, in bytes and in messages, as
 * far as it can be seen on the wire (I16).
 */
final class WindowChecks implements SimulatedNetwork.Observer {
  /** From one leader to one peer, in one session. */
  private static final class Window {
    /** Last index and bytes of each message. */
    private final ArrayDeque<long[]> sent = new ArrayDeque<>();

    private long term;
    private int session;
    private long bytes;

    /** The highest index that an answer has matched; the leader may still have to take it. */
    private long matched;

    void clear() {
      sent.clear();
      bytes = 0;
    }
  }

  private final Simulation simulation;
  private final NodeSettings[] settings;
  private final @Nullable Window[][] windows;

  WindowChecks(Simulation simulation, NodeSettings[] settings) {
    this.simulation = simulation;
    this.settings = settings;
    this.windows = new Window[settings.length][settings.length];
  }

  private Window window(int leader, int peer) {
    Window window = windows[leader][peer];
    if (window == null) {
      window = new Window();
      windows[leader][peer] = window;
    }
    return window;
  }

  @Override
  public void sent(int from, int to, Message message) {
    if (message instanceof Message.AppendEntries append) {
      sent(from, to, append);
    }
  }

  private void sent(int from, int to, Message.AppendEntries append) {
    Window window = window(from, to);
    EntryBatch entries = append.entries();
    long[] newest = window.sent.peekLast();
    boolean another = window.term != append.term() || window.session != append.session();
    boolean again = newest != null && append.prev().index() < newest[0];
    boolean probed = newest != null && newest[1] == 0; // nothing follows a probe that waits
    if (another || again || probed || entries.isEmpty()) { // what was in flight counts as lost
      window.clear();
    }
    if (another) {
      window.term = append.term();
      window.session = append.session();
      window.matched = 0;
    }
    NodeSettings bounds = settings[from];
    if (window.bytes >= bounds.maxInflightBytes()
        || window.sent.size() >= bounds.maxInflightMessages()) {
      throw simulation.failure(
          "WINDOW_BOUND",
          ProtocolChecks.id(from)
              + " sends more to "
              + ProtocolChecks.id(to)
              + " with "
              + window.bytes
              + " bytes in "
              + window.sent.size()
              + " messages in flight: "
              + append);
    }
    long last = entries.isEmpty() ? append.prev().index() : entries.lastIndex();
    if (entries.isEmpty() || last > window.matched) {
      window.sent.add(new long[] {last, entries.byteLength()});
      window.bytes += entries.byteLength();
    }
  }

  @Override
  public void received(int from, int to, boolean fromTheDead, Message message) {
    if (message instanceof Message.AppendReply reply) {
      answered(window(to, from), reply);
    }
  }

  private static void answered(Window window, Message.AppendReply reply) {
    if (reply.term() != window.term || reply.session() != window.session) {
      return;
    }
    if (!reply.matched()) {
      window.clear();
      return;
    }
    window.matched = Math.max(window.matched, reply.matchIndex());
    for (long[] oldest = window.sent.peek();
        oldest != null && oldest[0] <= reply.matchIndex();
        oldest = window.sent.peek()) {
      window.sent.remove();
      window.bytes -= oldest[1];
    }
  }
}
