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
      if (cluster.isBeingFounded(slot)) { // it has voted for nobody and acknowledged nothing
        cluster.powerCut(slot, 1);
        cluster.simulation().marks().hit(Mark.WIPED_BEFORE_FOUNDING);
        cluster.node(slot).emptyDisk();
        return () -> cluster.restart(slot);
      }
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

  /**
   * The node is started twice, and at the end the disk is what it was when the fault struck: it has
   * forgotten all since, its later starts too.
   */
  record OldCopy(NodeId node) implements DamageFault {
    private static final long STEP_NANOS = 200_000_000;

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
      Simulation simulation = cluster.simulation();
      for (int step = 1; step <= 4; step++) {
        boolean up = step % 2 == 0;
        simulation.world(
            simulation.now() + step * STEP_NANOS,
            slot,
            up ? "starts" : "stops",
            () -> {
              if (up) {
                cluster.restart(slot);
              } else {
                cluster.crash(slot);
              }
            });
      }
      return () -> {
        boolean safe =
            cluster.maySpoil(slot)
                && !durable.isDown()
                && vote.equals(durable.ballot())
                && cluster.protocol().budget().othersHoldAllOf(slot);
        if (safe) {
          cluster.powerCut(slot, 1);
          cluster.simulation().marks().hit(Mark.DISK_RESTORED);
          machine.replaceDisk(copy, log, vote);
          machine.hasAnOldCopy();
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

  /**
   * A write of a while ago went elsewhere: at its own place stands nothing, and another block was
   * written over. The process runs on; it must give out neither, and not start with less than it
   * had.
   *
   * @param order decides which blocks
   */
  record Misdirected(NodeId node, long order) implements DamageFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      DurableGhost durable = cluster.protocol().node(slot).durable();
      if (!cluster.maySpoil(slot) || durable.isDown() || !durable.canRot()) {
        return () -> {};
      }
      cluster.simulation().marks().hit(Mark.WRITE_MISDIRECTED);
      durable.misdirect(new Prng(order));
      cluster.protocol().spoilt(slot);
      return () -> {};
    }
  }

  /**
   * The power goes in a write, and of the 4096-byte blocks that were being written other sectors
   * are spoilt too. Where the log's blocks are aligned to 4096 bytes nothing durable lies there.
   * Otherwise it may be the log's end, which nobody can tell from a torn write, entries that were
   * written over others among it: then it counts as an older copy.
   *
   * @param stallNanos for how long no force completes before
   * @param survival of each unsynced sector
   */
  record SpoiltNeighbour(NodeId node, long stallNanos, double survival) implements DamageFault {
    private static final double SPOILT = 0.5;

    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      Simulation simulation = cluster.simulation();
      cluster.stall(slot, stallNanos);
      simulation.world(
          simulation.now() + stallNanos, slot, "cut in a write", () -> cut(cluster, slot));
      return () -> cluster.restart(slot);
    }

    private void cut(Cluster cluster, int slot) {
      SimulatedNode machine = cluster.node(slot);
      if (machine.settings().blockAlignment() == SimulatedFile.PAGE) {
        cluster.powerCut(slot, survival, SPOILT);
        return;
      }
      DurableGhost durable = cluster.protocol().node(slot).durable();
      boolean safe =
          cluster.maySpoil(slot)
              && !durable.isDown()
              && cluster.protocol().budget().othersHoldAllOf(slot);
      cluster.powerCut(slot, survival, safe ? SPOILT : 0);
      if (safe) {
        durable.endMayBeSpoilt();
        cluster.protocol().spoilt(slot);
      }
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
      rot(cluster, cluster.node(slot).disk(), new Prng(order));
      return () -> cluster.restart(slot);
    }

    /** One sector of one copy of a slot reads as something else. */
    private void rot(Cluster cluster, SimulatedDisk disk, Prng random) {
      String name = copy ? "ballot.copy" : "ballot";
      SimulatedFile file = disk.named(SimulatedNode.DIRECTORY.resolve(name));
      if (file != null && file.size() > 0) {
        long at = random.nextInt(2) * (long) SimulatedFile.PAGE + random.nextInt(500);
        file.damage(at, new byte[] {(byte) (1 + random.nextInt(255))}, true);
        cluster.simulation().marks().hit(Mark.BALLOT_COPY_ROTTEN);
      }
    }
  }
}
