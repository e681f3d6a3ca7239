package io.bowline.raft.testkit;

import io.bowline.raft.model.NodeId;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Something that goes wrong, and what puts it right again. */
public sealed interface Fault {
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
    return new Isolate(node);
  }

  /** Kills a process; its machine keeps what it wrote. Undone by a restart. */
  static Fault crash(NodeId node) {
    return new Crash(node);
  }

  /** Cuts a machine's power; of what was not synced nothing survives. Undone by a restart. */
  static Fault powerCut(NodeId node) {
    return new PowerCut(node, 0);
  }

  /** One node against all. */
  record Isolate(NodeId node) implements Fault {
    @Override
    public FaultArea area() {
      return FaultArea.NETWORK;
    }

    @Override
    public Runnable strike(Cluster cluster) {
      return new Partition(new TreeSet<>(List.of(node)), true, true).strike(cluster);
    }
  }

  /**
   * Some nodes on one side, the rest and all clients on the other.
   *
   * @param side a part of the nodes
   * @param out whether the side's messages to the rest are lost
   * @param in whether the rest's messages to the side are
   */
  record Partition(SortedSet<NodeId> side, boolean out, boolean in) implements Fault {
    @Override
    public FaultArea area() {
      return FaultArea.NETWORK;
    }

    @Override
    public Runnable strike(Cluster cluster) {
      block(cluster, true);
      return () -> block(cluster, false);
    }

    private void block(Cluster cluster, boolean blocked) {
      SimulatedNetwork network = cluster.network();
      for (int a = 0; a < cluster.machines(); a++) {
        for (int b = 0; b < cluster.machines(); b++) {
          if (isInside(cluster, a) && !isInside(cluster, b)) {
            if (out) {
              network.block(a, b, blocked);
            }
            if (in) {
              network.block(b, a, blocked);
            }
          }
        }
      }
    }

    private boolean isInside(Cluster cluster, int slot) {
      return slot < cluster.size() && side.contains(cluster.id(slot));
    }
  }

  /** All nodes see one node in the middle; it alone belongs to both majorities. */
  record Bridge(NodeId middle, SortedSet<NodeId> side) implements Fault {
    @Override
    public FaultArea area() {
      return FaultArea.NETWORK;
    }

    @Override
    public Runnable strike(Cluster cluster) {
      block(cluster, true);
      return () -> block(cluster, false);
    }

    private void block(Cluster cluster, boolean blocked) {
      for (int a = 0; a < cluster.size(); a++) {
        for (int b = 0; b < cluster.size(); b++) {
          NodeId one = cluster.id(a);
          NodeId other = cluster.id(b);
          boolean apart = side.contains(one) != side.contains(other);
          if (apart && !one.equals(middle) && !other.equals(middle)) {
            cluster.network().block(a, b, blocked);
          }
        }
      }
    }
  }

  /** Kills a process. */
  record Crash(NodeId node) implements Fault {
    @Override
    public FaultArea area() {
      return FaultArea.NODE;
    }

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
  record CrashInCall(NodeId node, int changes, double survival) implements Fault {
    @Override
    public FaultArea area() {
      return FaultArea.NODE;
    }

    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      cluster.arm(slot, changes, survival);
      return () -> cluster.disarm(slot);
    }
  }

  /** Cuts a machine's power; each unsynced sector survives with that probability. */
  record PowerCut(NodeId node, double survival) implements Fault {
    @Override
    public FaultArea area() {
      return FaultArea.NODE;
    }

    @Override
    public Runnable strike(Cluster cluster) {
      cluster.powerCut(cluster.slot(node), survival);
      return () -> cluster.restart(cluster.slot(node));
    }
  }

  /** Cuts the power of all machines at one instant. */
  record PowerCutOfAll(double survival) implements Fault {
    @Override
    public FaultArea area() {
      return FaultArea.NODE;
    }

    @Override
    public Runnable strike(Cluster cluster) {
      for (int slot = 0; slot < cluster.size(); slot++) {
        cluster.powerCut(slot, survival);
      }
      return () -> {
        for (int slot = 0; slot < cluster.size(); slot++) {
          cluster.restart(slot);
        }
      };
    }
  }

  /** Stops a process for so long; its clock goes on, and what comes meanwhile comes in a burst. */
  record Pause(NodeId node, long nanos) implements Fault {
    @Override
    public FaultArea area() {
      return FaultArea.NODE;
    }

    @Override
    public Runnable strike(Cluster cluster) {
      cluster.pause(cluster.slot(node), nanos);
      return () -> {};
    }
  }

  /** One path becomes slower by a factor. */
  record SlowPath(NodeId from, NodeId to, int factor) implements Fault {
    @Override
    public FaultArea area() {
      return FaultArea.NETWORK;
    }

    @Override
    public Runnable strike(Cluster cluster) {
      int a = cluster.slot(from);
      int b = cluster.slot(to);
      cluster.network().slow(a, b, factor);
      return () -> cluster.network().slow(a, b, 0);
    }
  }

  /** A machine's disk completes no force for so long. */
  record DiskStall(NodeId node, long nanos) implements Fault {
    @Override
    public FaultArea area() {
      return FaultArea.DISK;
    }

    @Override
    public Runnable strike(Cluster cluster) {
      cluster.stall(cluster.slot(node), nanos);
      return () -> {};
    }
  }

  /** A machine's next force fails; what it covered may look durable and is not. */
  record ForceFailure(NodeId node) implements Fault {
    @Override
    public FaultArea area() {
      return FaultArea.DISK;
    }

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

  /** A machine's disk has no room for another file or a longer one. */
  record DiskFull(NodeId node) implements Fault {
    @Override
    public FaultArea area() {
      return FaultArea.DISK;
    }

    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      cluster.node(slot).disk().full(true);
      return () -> {
        cluster.node(slot).disk().full(false);
        cluster.restart(slot);
      };
    }
  }

  /** A node is closed in order, and opened again. */
  record Stop(NodeId node) implements Fault {
    @Override
    public FaultArea area() {
      return FaultArea.OPERATOR;
    }

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

  /** Kills a client; it comes back as another one, with another session. */
  record ClientCrash(int client) implements Fault {
    @Override
    public FaultArea area() {
      return FaultArea.CLIENT;
    }

    @Override
    public Runnable strike(Cluster cluster) {
      cluster.clients().get(client).crash();
      return () -> cluster.clients().get(client).start();
    }
  }
}
