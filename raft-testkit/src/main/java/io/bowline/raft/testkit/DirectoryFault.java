package io.bowline.raft.testkit;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.NodeId;

/**
 * A member starts for the first time when others already work, or its directory comes back as it
 * was: the founding of a group and the identity of its directories are tried by these.
 */
public sealed interface DirectoryFault extends Fault {
  @Override
  default FaultArea area() {
    return FaultArea.DISK;
  }

  /** Whose directory it is. */
  NodeId node();

  /** The first start of a node comes so long behind the others'; no effect once it has started. */
  record StartsLate(NodeId node, long nanos) implements DirectoryFault {
    @Override
    public Runnable strike(Cluster cluster) {
      SimulatedNode machine = cluster.node(cluster.slot(node));
      if (machine.lives() == 0) {
        machine.startsNotBefore(cluster.simulation().now() + nanos);
      }
      return () -> {};
    }
  }

  /**
   * A copy of the directory is put back when the node has started so many times more: what a backup
   * does that is restored too late. Within the budget, as an older copy.
   *
   * @param starts between the copy and its return
   * @param running whether the process runs while it is copied: then it holds what a process sees,
   *     and otherwise what the disk has
   */
  record CopyDirectory(NodeId node, int starts, boolean running) implements DirectoryFault {
    private static final long STEP_NANOS = 150_000_000;

    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      DurableGhost durable = cluster.protocol().node(slot).durable();
      if (durable.isDown() || !durable.rests()) {
        return () -> {};
      }
      if (!running) {
        cluster.crash(slot);
      }
      SimulatedDisk disk = cluster.node(slot).disk();
      SimulatedDisk copy = running ? disk.asSeen(new Prng(0)) : disk.onDisk(new Prng(0));
      TermRuns log = durable.log().copy();
      Ballot vote = durable.ballot();
      int before = cluster.node(slot).lives();
      startAgainAndAgain(cluster, slot);
      return () -> putBack(cluster, slot, copy, log, vote, before);
    }

    private void startAgainAndAgain(Cluster cluster, int slot) {
      Simulation simulation = cluster.simulation();
      for (int step = 0; step < starts; step++) {
        long time = simulation.now() + 2L * step * STEP_NANOS;
        simulation.world(time, slot, "stops", () -> cluster.crash(slot));
        simulation.world(time + STEP_NANOS, slot, "starts", () -> cluster.restart(slot));
      }
    }

    private void putBack(
        Cluster cluster, int slot, SimulatedDisk copy, TermRuns log, Ballot vote, int before) {
      SimulatedNode machine = cluster.node(slot);
      DurableGhost durable = cluster.protocol().node(slot).durable();
      boolean safe =
          cluster.maySpoil(slot)
              && machine.lives() - before >= starts
              && !durable.isDown()
              && vote.equals(durable.ballot())
              && cluster.protocol().budget().othersHoldAllOf(slot);
      if (safe) {
        cluster.powerCut(slot, 1);
        cluster.simulation().marks().hit(Mark.COPY_RETURNED);
        machine.replaceDisk(copy, log, vote);
        machine.hasAnOldCopy();
      }
      cluster.restart(slot);
    }
  }

  /**
   * Another directory, empty, starts under the node's name for so long; then its own is back. Both
   * are living members' directories for who looks at the name only. Within the budget, as a lost
   * disk.
   */
  record Flip(NodeId node, long nanos) implements DirectoryFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      DurableGhost durable = cluster.protocol().node(slot).durable();
      if (!cluster.maySpoil(slot) || durable.isDown() || !durable.rests()) {
        return () -> {};
      }
      cluster.powerCut(slot, 1);
      SimulatedNode machine = cluster.node(slot);
      SimulatedDisk own = machine.disk().onDisk(new Prng(0));
      TermRuns log = durable.log().copy();
      Ballot vote = durable.ballot();
      SimulatedDisk empty = new SimulatedDisk(new Prng(0), SimulatedDisk.FORCE_AT_ONCE);
      machine.replaceDisk(empty, new TermRuns(), Ballot.NONE);
      cluster.restart(slot);
      Simulation simulation = cluster.simulation();
      simulation.world(
          simulation.now() + nanos,
          slot,
          "its own directory is back",
          () -> {
            if (cluster.isHealed()) {
              return;
            }
            machine.powerCut(1);
            simulation.marks().hit(Mark.DIRECTORY_FLIPPED);
            machine.replaceDisk(own, log, vote);
            cluster.restart(slot);
          });
      return () -> {};
    }
  }
}
