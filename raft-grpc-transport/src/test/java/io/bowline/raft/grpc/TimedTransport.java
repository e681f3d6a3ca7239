package io.bowline.raft.grpc;

import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.GroupWord;
import io.bowline.raft.transport.LocalNode;
import io.bowline.raft.transport.Transport;
import io.bowline.raft.transport.TransportHandler;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A transport that writes down how long its host kept its threads. */
record TimedTransport(Transport real, Queue<Long> callbackNanos) implements Transport {
  TimedTransport(Transport real) {
    this(real, new ConcurrentLinkedQueue<>());
  }

  /** Of a hundred callbacks the longest but so many, in ns. */
  long percentile(double percent) {
    List<Long> sorted = callbackNanos.stream().sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1, sorted.size() * percent / 100));
  }

  private final class Timed implements TransportHandler {
    private final TransportHandler host;

    Timed(TransportHandler host) {
      this.host = host;
    }

    private void timed(Runnable callback) {
      long start = System.nanoTime();
      callback.run();
      callbackNanos.add(System.nanoTime() - start);
    }

    @Override
    public void opened(GroupLink link) {
      host.opened(link);
    }

    @Override
    public void said(GroupLink link, GroupWord word) {
      host.said(link, word);
    }

    @Override
    public void refused(GroupLink link, String reason) {
      host.refused(link, reason);
    }

    @Override
    public void closed(GroupLink link) {
      host.closed(link);
    }

    @Override
    public void received(GroupId group, Peer from, Message message) {
      timed(() -> host.received(group, from, message));
    }

    @Override
    public void requests(List<ClientRequest> batch, ReplySink replies) {
      timed(() -> host.requests(batch, replies));
    }
  }

  @Override
  public void start(LocalNode local, TransportHandler handler) throws IOException {
    real.start(local, new Timed(handler));
  }

  @Override
  public void openGroup(GroupId group) {
    real.openGroup(group);
  }

  @Override
  public void closeGroup(GroupId group) {
    real.closeGroup(group);
  }

  @Override
  public void peers(GroupId group, Map<NodeId, List<String>> addresses) {
    real.peers(group, addresses);
  }

  @Override
  public boolean send(GroupId group, Peer to, Message message) {
    return real.send(group, to, message);
  }

  @Override
  public void reset(GroupId group, Peer peer, String reason) {
    real.reset(group, peer, reason);
  }

  @Override
  public void leaving() {
    real.leaving();
  }

  @Override
  public void health(GroupId group, boolean serving) {
    real.health(group, serving);
  }

  @Override
  public String address() {
    return real.address();
  }

  @Override
  public void close() {
    real.close();
  }
}
