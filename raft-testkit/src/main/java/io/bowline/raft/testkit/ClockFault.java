package io.bowline.raft.testkit;

import io.bowline.raft.model.NodeId;

/** How time passes on a machine. */
public sealed interface ClockFault extends Fault {
  @Override
  default FaultArea area() {
    return FaultArea.CLOCK;
  }

  /** A machine's clock runs too fast by so much. */
  record ClockRate(NodeId node, long partsPerMillion) implements ClockFault {
    @Override
    public Runnable strike(Cluster cluster) {
      SimulatedClock clock = cluster.node(cluster.slot(node)).clock();
      clock.rate(partsPerMillion, cluster.simulation().now());
      return () -> clock.rate(0, cluster.simulation().now());
    }
  }

  /** A machine is suspended: no process runs and its monotonic clock stands still. */
  record Suspend(NodeId node, long nanos) implements ClockFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      boolean leads = cluster.leaderSlot() == slot;
      cluster.simulation().marks().hitIf(leads, Mark.LEADER_SUSPENDED);
      if (cluster.node(slot).isUp()) { // a machine that is off is not suspended
        cluster.node(slot).clock().suspend(nanos, cluster.simulation().now());
        cluster.pause(slot, nanos);
      }
      return () -> {};
    }
  }
}
