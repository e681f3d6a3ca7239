package io.bowline.raft.testkit;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.NodeId;

/**
 * A machine's disk comes back as another than it was. Struck only within the budget (TESTKIT 1.2):
 * while so many disks are whole that a quorum can go on without the spoilt ones, and what the
 * spoilt one held is still where each quorum meets it.
 */
public sealed interface DamageFault extends Fault {
  @Override
  default FaultArea area() {
    return FaultArea.DISK;
  }

  /** The node whose disk it is. */
  NodeId node();

  /** Everything is gone: who comes back is a stranger, whom its peers do not count. */
  record Wipe(NodeId node) implements DamageFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      if (!cluster.maySpoil(slot)) {
        return () -> {};
      }
      cluster.powerCut(slot, 1);
      cluster.simulation().marks().hit(Mark.DISK_WIPED);
      SimulatedDisk empty = new SimulatedDisk(new Prng(0), SimulatedDisk.FORCE_AT_ONCE);
      cluster.node(slot).replaceDisk(empty, new TermRuns(), Ballot.NONE);
      return () -> cluster.restart(slot);
    }
  }

  /** At the end the disk is what it was when the fault struck: it has forgotten all since. */
  record OldCopy(NodeId node) implements DamageFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      SimulatedNode machine = cluster.node(slot);
      DurableGhost durable = cluster.protocol().node(slot).durable();
      if (durable.isDown()) {
        return () -> {};
      }
      SimulatedDisk copy = machine.disk().onDisk(new Prng(0));
      TermRuns log = durable.log().copy();
      Ballot vote = durable.ballot();
      return () -> {
        boolean safe =
            cluster.maySpoil(slot)
                && !durable.isDown()
                && vote.equals(durable.ballot())
                && cluster.protocol().othersHoldAllOf(slot);
        if (safe) {
          cluster.powerCut(slot, 1);
          cluster.simulation().marks().hit(Mark.DISK_RESTORED);
          machine.replaceDisk(copy, log, vote);
          cluster.restart(slot);
        }
      };
    }
  }

  /** The disk is a copy of another node's: it must not start. */
  record CloneOf(NodeId node, NodeId other) implements DamageFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      if (!cluster.maySpoil(slot) || node.equals(other)) {
        return () -> {};
      }
      SimulatedDisk copy = cluster.node(cluster.slot(other)).disk().onDisk(new Prng(0));
      cluster.powerCut(slot, 1);
      cluster.simulation().marks().hit(Mark.DISK_CLONED);
      cluster.node(slot).replaceDisk(copy, new TermRuns(), Ballot.NONE);
      cluster.node(slot).mustNotStart();
      return () -> cluster.restart(slot);
    }
  }

  /**
   * A block that a later one proves durable is damaged: bits flip, its sectors read as zeros, or
   * another block was written over it. It must not start with less than it had.
   *
   * @param how 0 for flipped bits, 1 for zeros, 2 for a misdirected write
   * @param order decides which block
   */
  record Rot(NodeId node, int how, long order) implements DamageFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      DurableGhost durable = cluster.protocol().node(slot).durable();
      if (!cluster.maySpoil(slot) || durable.isDown() || !durable.canRot()) {
        return () -> {};
      }
      cluster.powerCut(slot, 1);
      cluster.simulation().marks().hit(Mark.DISK_ROTTEN);
      durable.rot(how, new Prng(order));
      cluster.protocol().spoilt(slot);
      return () -> cluster.restart(slot);
    }
  }

  /** One of the two copies of a ballot slot is damaged; the other serves. */
  record BallotRot(NodeId node, boolean copy, long order) implements DamageFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      if (!cluster.protocol().node(slot).durable().ballotRests()) {
        return () -> {}; // its other copy may be torn
      }
      cluster.powerCut(slot, 1);
      cluster.node(slot).rotBallot(copy, new Prng(order));
      return () -> cluster.restart(slot);
    }
  }
}
