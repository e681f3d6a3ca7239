package io.bowline.raft;

import io.bowline.raft.model.NodeId;
import io.bowline.raft.runtime.NodeMetrics;

/** The runtime's figures, handed to the embedder's sink. */
record MetricsAdapter(RaftMetrics.Sink sink) implements NodeMetrics {
  @Override
  public void set(String name, long value) {
    sink.set(name, value);
  }

  @Override
  public void set(String name, NodeId peer, long value) {
    sink.set(name, peer, value);
  }

  @Override
  public void add(String name, long delta) {
    sink.add(name, delta);
  }

  @Override
  public void time(String name, long nanos) {
    sink.time(name, nanos);
  }

  @Override
  public void close() {
    sink.close();
  }
}
