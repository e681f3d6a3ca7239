package io.bowline.raft.testkit;

import io.bowline.raft.model.NodeId;

/** What happens to processes and to the machines they run on. */
public sealed interface NodeFault extends Fault {
  @Override
  default FaultArea area() {
    return FaultArea.NODE;
  }

  /** Kills a process. */
  record Crash(NodeId node) implements NodeFault {
    @Override
    public Runnable strike(Cluster cluster) {
      cluster.crash(cluster.slot(node));
      return () -> cluster.restart(cluster.slot(node));
    }
  }

  /**
   * Kills a process around one of its next changes to the disk, and perhaps the power with it.
   *
   * @param changes how many it may still do
   * @param survival of each unsynced sector, if the power goes too; otherwise {@link Double#NaN}
   */
  record CrashInCall(NodeId node, int changes, double survival) implements NodeFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      cluster.arm(slot, changes, survival);
      return () -> cluster.disarm(slot);
    }
  }

  /** Cuts a machine's power; each unsynced sector survives with that probability. */
  record PowerCut(NodeId node, double survival) implements NodeFault {
    @Override
    public Runnable strike(Cluster cluster) {
      cluster.powerCut(cluster.slot(node), survival);
      return () -> cluster.restart(cluster.slot(node));
    }
  }

  /**
   * The power goes, comes back, and goes again in the middle of the recovery.
   *
   * @param changes how many the recovery may do before
   */
  record DoublePowerCut(NodeId node, int changes, double survival) implements NodeFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      cluster.powerCut(slot, survival);
      cluster.arm(slot, changes, survival);
      cluster.restart(slot);
      return () -> cluster.disarm(slot);
    }
  }

  /** Cuts the power of all machines at one instant. */
  record PowerCutOfAll(double survival) implements NodeFault {
    @Override
    public Runnable strike(Cluster cluster) {
      cluster.powerCutOfAll(survival);
      return () -> {
        for (int slot = 0; slot < cluster.size(); slot++) {
          cluster.restart(slot);
        }
      };
    }
  }

  /** Cuts the power of one machine after the other; each is back before the last one goes. */
  record RollingPowerCuts(long gapNanos, double survival) implements NodeFault {
    @Override
    public Runnable strike(Cluster cluster) {
      Simulation simulation = cluster.simulation();
      for (int slot = 0; slot < cluster.size(); slot++) {
        int at = slot;
        long time = simulation.now() + at * gapNanos;
        simulation.world(time, at, "rolling cut", () -> cluster.powerCut(at, survival));
        simulation.world(time + gapNanos * 3 / 2, at, "and back", () -> cluster.restart(at));
      }
      return () -> {};
    }
  }

  /** Stops a process for so long; its clock goes on, and what comes meanwhile comes in a burst. */
  record Pause(NodeId node, long nanos) implements NodeFault {
    @Override
    public Runnable strike(Cluster cluster) {
      cluster.pause(cluster.slot(node), nanos);
      return () -> {};
    }
  }
}
