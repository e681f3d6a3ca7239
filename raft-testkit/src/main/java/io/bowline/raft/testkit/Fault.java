package io.bowline.raft.testkit;

import io.bowline.raft.model.NodeId;

/**
 * Something that goes wrong, and what puts it right again. A record whose components say all of it,
 * so that it can be written down and strike again ({@link FaultSchedule}).
 */
public sealed interface Fault
    permits NetworkFault,
        NodeFault,
        DiskFault,
        DamageFault,
        ClockFault,
        ClientFault,
        OperatorFault,
        ForeignFault,
        DirectoryFault,
        StormFault,
        LeaderStorm {
  /**
   * Lets it strike.
   *
   * @return its undo
   */
  Runnable strike(Cluster cluster);

  /** Where it strikes. */
  FaultArea area();

  /** A short name of what it is, as in {@link FaultSchedule}. */
  default String kind() {
    return getClass().getSimpleName();
  }

  /** Cuts one node off from all others and from clients. */
  static Fault isolate(NodeId node) {
    return new NetworkFault.Isolate(node);
  }

  /** Kills a process; its machine keeps what it wrote. Undone by a restart. */
  static Fault crash(NodeId node) {
    return new NodeFault.Crash(node);
  }

  /** Cuts a machine's power; of what was not synced nothing survives. Undone by a restart. */
  static Fault powerCut(NodeId node) {
    return new NodeFault.PowerCut(node, 0);
  }
}
