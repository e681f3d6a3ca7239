package io.bowline.raft;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;

/**
 * Where figures go: called once for each batch, never for each entry, by the node's own threads;
 * must not block. Names are {@code bowline.<part>.<thing>} with the unit last
 * (docs/operations/metrics.md lists them).
 */
public interface RaftMetrics {
  /**
   * The sink of one node's figures.
   *
   * @param group the tag {@code group}
   * @param node the tag {@code node}
   * @return called from then on
   */
  Sink node(GroupId group, NodeId node);

  /** One node's figures. */
  interface Sink {
    /**
     * A gauge has a new value.
     *
     * @param name such as {@code bowline.commit.index}
     * @param value in the unit that the name ends in
     */
    void set(String name, long value);

    /**
     * A gauge of one peer has a new value.
     *
     * @param name such as {@code bowline.peer.lag.entries}
     * @param peer the tag {@code peer}
     * @param value in the unit that the name ends in
     */
    void set(String name, NodeId peer, long value);

    /**
     * A counter grows.
     *
     * @param name such as {@code bowline.elections.started.total}
     * @param delta by how much
     */
    void add(String name, long delta);

    /**
     * Something took time.
     *
     * @param name such as {@code bowline.log.fsync.seconds}
     * @param nanos how long, in nanoseconds whatever the name's unit
     */
    void time(String name, long nanos);

    /** The node is closed or halted: nothing comes any more, and nothing of it need be kept. */
    default void close() {}
  }
}
