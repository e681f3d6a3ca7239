package io.bowline.raft.testkit;

import io.bowline.raft.model.NodeId;

/** What a machine's disk does. */
public sealed interface DiskFault extends Fault {
  @Override
  default FaultArea area() {
    return FaultArea.DISK;
  }

  /** A machine's disk completes no force for so long. */
  record DiskStall(NodeId node, long nanos) implements DiskFault {
    @Override
    public Runnable strike(Cluster cluster) {
      cluster.stall(cluster.slot(node), nanos);
      return () -> {};
    }
  }

  /** A machine's next force fails; what it covered may look durable and is not. */
  record ForceFailure(NodeId node) implements DiskFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      cluster.node(slot).disk().failForces(1);
      return () -> {
        cluster.node(slot).disk().failForces(0);
        cluster.restart(slot);
      };
    }
  }

  /** A machine's next write fails, and perhaps has written some of its sectors. */
  record WriteFailure(NodeId node) implements DiskFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      cluster.node(slot).disk().failWrites(1);
      return () -> {
        cluster.node(slot).disk().failWrites(0);
        cluster.restart(slot);
      };
    }
  }

  /** A machine's processes can open and make no file; then there are handles again. */
  record NoHandles(NodeId node) implements DiskFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      cluster.node(slot).disk().lacksHandles(true);
      return () -> {
        cluster.node(slot).disk().lacksHandles(false);
        cluster.restart(slot);
      };
    }
  }

  /** A machine's disk has no room for another file or a longer one; then there is room again. */
  record DiskFull(NodeId node) implements DiskFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      long before = cluster.node(slot).disk().counts().lacks;
      int life = cluster.node(slot).lives();
      cluster.node(slot).disk().full(true);
      return () -> {
        boolean lacked = cluster.node(slot).disk().counts().lacks > before;
        boolean same = cluster.node(slot).lives() == life && cluster.node(slot).isUp();
        cluster.simulation().marks().hitIf(lacked && same, Mark.ROOM_CAME_BACK);
        cluster.node(slot).disk().full(false);
        cluster.restart(slot);
      };
    }
  }
}
