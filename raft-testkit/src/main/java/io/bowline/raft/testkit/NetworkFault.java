package io.bowline.raft.testkit;

import io.bowline.raft.model.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** What goes wrong between machines. */
public sealed interface NetworkFault extends Fault {
  @Override
  default FaultArea area() {
    return FaultArea.NETWORK;
  }

  /**
   * A member says something that cannot be: in one of its next messages a number is another one.
   * Whoever hears it must neither believe it nor end because of it.
   *
   * @param skips so many of its messages before it
   * @param number which of the message's numbers, counted round
   * @param value in its place; of an {@code int} its largest
   */
  record AbsurdNumber(NodeId node, int skips, int number, long value) implements NetworkFault {
    @Override
    public Runnable strike(Cluster cluster) {
      cluster.network().absurd().says(cluster.slot(node), skips, number, value);
      return () -> {};
    }
  }

  /** One node against all. */
  record Isolate(NodeId node) implements NetworkFault {
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
  record Partition(SortedSet<NodeId> side, boolean out, boolean in) implements NetworkFault {
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
  record Bridge(NodeId middle, SortedSet<NodeId> side) implements NetworkFault {
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

  /**
   * Swizzle-clog: paths of some nodes are clogged one after the other and opened again in another
   * order (FoundationDB's best bug finder).
   *
   * @param side whose paths
   * @param stepNanos between one path and the next
   * @param order decides which is next
   */
  record Swizzle(SortedSet<NodeId> side, long stepNanos, long order) implements NetworkFault {
    @Override
    public Runnable strike(Cluster cluster) {
      List<int[]> paths = new ArrayList<>();
      for (NodeId id : side) {
        int slot = cluster.slot(id);
        for (int other = 0; other < cluster.size(); other++) {
          if (other != slot) {
            paths.add(new int[] {slot, other});
            paths.add(new int[] {other, slot});
          }
        }
      }
      Prng random = new Prng(order);
      boolean[] clogged = new boolean[paths.size()];
      boolean[] over = new boolean[1];
      later(cluster, random, paths, clogged, over);
      return () -> {
        over[0] = true;
        for (int i = 0; i < clogged.length; i++) {
          turn(cluster, paths, clogged, i, false);
        }
      };
    }

    private void later(
        Cluster cluster, Prng random, List<int[]> paths, boolean[] clogged, boolean[] over) {
      Simulation simulation = cluster.simulation();
      simulation.world(
          simulation.now() + stepNanos / 2 + random.nextLong(stepNanos + 1),
          -1,
          "swizzle",
          () -> {
            if (!over[0] && !paths.isEmpty()) {
              int next = random.nextInt(paths.size());
              turn(cluster, paths, clogged, next, !clogged[next]);
              later(cluster, random, paths, clogged, over);
            }
          });
    }

    private static void turn(
        Cluster cluster, List<int[]> paths, boolean[] clogged, int which, boolean blocked) {
      if (clogged[which] != blocked) {
        clogged[which] = blocked;
        cluster.network().block(paths.get(which)[0], paths.get(which)[1], blocked);
      }
    }
  }

  /** One path becomes slower by a factor. */
  record SlowPath(NodeId from, NodeId to, int factor) implements NetworkFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int a = cluster.slot(from);
      int b = cluster.slot(to);
      cluster.network().slow(a, b, factor);
      return () -> cluster.network().slow(a, b, 0);
    }
  }

  /** What one node sends to another vanishes, and no keep-alive tells; then a reset does. */
  record HalfOpen(NodeId from, NodeId to) implements NetworkFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int a = cluster.slot(from);
      int b = cluster.slot(to);
      cluster.network().halfOpen(a, b, true);
      return () -> cluster.network().halfOpen(a, b, false);
    }
  }

  /** Nobody can open a new connection to a node. */
  record Refusing(NodeId node) implements NetworkFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      cluster.network().refuse(slot, true);
      return () -> cluster.network().refuse(slot, false);
    }
  }

  /** What a node has sent, and sends, is held and arrives when it is over, whoever lives then. */
  record Held(NodeId node) implements NetworkFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      cluster.network().hold(slot, true);
      return () -> cluster.network().hold(slot, false);
    }
  }

  /** Each message is lost with that probability, where connections keep no order. */
  record Loss(double probability) implements NetworkFault {
    @Override
    public Runnable strike(Cluster cluster) {
      cluster.network().rates().loss = probability;
      return () -> cluster.network().rates().loss = 0;
    }
  }

  /** Each message comes again, up to 30 s later, likewise. */
  record Duplicates(double probability) implements NetworkFault {
    @Override
    public Runnable strike(Cluster cluster) {
      cluster.network().rates().duplicates = probability;
      return () -> cluster.network().rates().duplicates = 0;
    }
  }

  /** Each message comes again up to 60 s later, whatever became of who sent it. */
  record Stale(double probability) implements NetworkFault {
    @Override
    public Runnable strike(Cluster cluster) {
      cluster.network().rates().stale = probability;
      return () -> cluster.network().rates().stale = 0;
    }
  }

  /** Each send breaks its connection with that probability. */
  record Resets(double probability) implements NetworkFault {
    @Override
    public Runnable strike(Cluster cluster) {
      cluster.network().rates().resets = probability;
      return () -> cluster.network().rates().resets = 0;
    }
  }

  /** One to eight bits of a message flip: it must be dropped. */
  record Corruption(double probability) implements NetworkFault {
    @Override
    public Runnable strike(Cluster cluster) {
      cluster.network().rates().corruption = probability;
      return () -> cluster.network().rates().corruption = 0;
    }
  }
}
