package io.bowline.raft.runtime;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.transport.TransportHandler.ReplySink;
import java.util.ArrayList;
import java.util.List;

/** Replies to one client's connection: what a stage produced in a batch leaves as one message. */
public final class ReplyBuffer {
  private final ReplySink sink;
  private List<ClientReply> waiting = new ArrayList<>();

  /** For that connection. */
  public ReplyBuffer(ReplySink sink) {
    this.sink = sink;
  }

  /** Adds a reply; somebody flushes afterwards. */
  public synchronized void add(ClientReply reply) {
    waiting.add(reply);
  }

  /** Sends what waits. */
  public void flush() {
    List<ClientReply> batch;
    synchronized (this) {
      if (waiting.isEmpty()) {
        return;
      }
      batch = waiting;
      waiting = new ArrayList<>();
    }
    sink.reply(batch);
  }
}
