package io.bowline.raft.testkit;

import io.bowline.raft.model.NodeId;

/** What an operator does, in order, and at the wrong moment. */
public sealed interface OperatorFault extends Fault {
  @Override
  default FaultArea area() {
    return FaultArea.OPERATOR;
  }

  /** A node is closed in order, and opened again. */
  record Stop(NodeId node) implements OperatorFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      cluster.node(slot).stop();
      return () -> {
        cluster.node(slot).endStopped();
        cluster.restart(slot);
      };
    }
  }

  /** Each node is closed in order and opened again, one after the other. */
  record RollingRestart(long gapNanos) implements OperatorFault {
    @Override
    public Runnable strike(Cluster cluster) {
      Simulation simulation = cluster.simulation();
      for (int slot = 0; slot < cluster.size(); slot++) {
        SimulatedNode node = cluster.node(slot);
        long time = simulation.now() + slot * gapNanos;
        simulation.world(time, slot, "rolling stop", () -> cluster.stop(node));
        simulation.world(
            time + gapNanos / 2,
            slot,
            "and start",
            () -> {
              node.endStopped();
              node.start();
            });
      }
      return () -> {};
    }
  }
}
