package io.bowline.raft.runtime;

import io.bowline.raft.model.NodeId;

/** Where the runtime's figures go, per batch and never per entry. Names as in docs/operations. */
public interface NodeMetrics {
  /** Nobody listens. */
  NodeMetrics NONE =
      new NodeMetrics() {
        @Override
        public void set(String name, long value) {}

        @Override
        public void set(String name, NodeId peer, long value) {}

        @Override
        public void add(String name, long delta) {}

        @Override
        public void time(String name, long nanos) {}
      };

  /** A gauge. */
  void set(String name, long value);

  /** A gauge of one peer. */
  void set(String name, NodeId peer, long value);

  /** A counter. */
  void add(String name, long delta);

  /** A timer. */
  void time(String name, long nanos);

  /** The node has ended: nothing comes any more. */
  default void close() {}
}
