package io.bowline.raft.runtime;

import io.bowline.raft.model.NodeId;

/** Figures handed to code that is not ours: a figure that is refused is a figure lost. */
record GuardedMetrics(NodeMetrics metrics, Foreign foreign) implements NodeMetrics {
  private static final String SEAM = "the metrics sink";

  @Override
  public void set(String name, long value) {
    boolean interrupted = Thread.currentThread().isInterrupted();
    try {
      metrics.set(name, value);
    } catch (Throwable e) {
      foreign.threw(SEAM, e);
    } finally {
      Foreign.clean(interrupted);
    }
  }

  @Override
  public void set(String name, NodeId peer, long value) {
    boolean interrupted = Thread.currentThread().isInterrupted();
    try {
      metrics.set(name, peer, value);
    } catch (Throwable e) {
      foreign.threw(SEAM, e);
    } finally {
      Foreign.clean(interrupted);
    }
  }

  @Override
  public void add(String name, long delta) {
    boolean interrupted = Thread.currentThread().isInterrupted();
    try {
      metrics.add(name, delta);
    } catch (Throwable e) {
      foreign.threw(SEAM, e);
    } finally {
      Foreign.clean(interrupted);
    }
  }

  @Override
  public void time(String name, long nanos) {
    boolean interrupted = Thread.currentThread().isInterrupted();
    try {
      metrics.time(name, nanos);
    } catch (Throwable e) {
      foreign.threw(SEAM, e);
    } finally {
      Foreign.clean(interrupted);
    }
  }

  @Override
  public void close() {
    foreign.call(SEAM, metrics::close);
  }
}
