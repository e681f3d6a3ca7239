package io.bowline.raft.examples.bench;

import io.bowline.raft.RaftMetrics;
import io.bowline.raft.model.NodeId;

/** Keeps the two gauges of what a node has taken on. */
final class Waiting implements RaftMetrics.Sink {
  private volatile long bytes;
  private volatile long proposals;

  long bytes() {
    return bytes;
  }

  long proposals() {
    return proposals;
  }

  @Override
  public void set(String name, long value) {
    if (name.equals("bowline.waiting.bytes")) {
      bytes = value;
    } else if (name.equals("bowline.waiting.proposals")) {
      proposals = value;
    }
  }

  @Override
  public void set(String name, NodeId peer, long value) {}

  @Override
  public void add(String name, long delta) {}

  @Override
  public void time(String name, long nanos) {}
}
