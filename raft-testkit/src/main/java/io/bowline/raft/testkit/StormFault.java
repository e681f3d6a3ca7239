package io.bowline.raft.testkit;

import io.bowline.raft.model.NodeId;
import java.util.List;
import java.util.TreeSet;

/**
 * Small scripts of several faults in the order that breaks a wrong implementation: uniform chance
 * finds none of them (TESTKIT 2.5). They look at who leads, at the moment they strike.
 */
public sealed interface StormFault extends Fault {
  @Override
  default FaultArea area() {
    return FaultArea.NODE;
  }

  /**
   * Figure 8 of the paper: again and again the leader reaches one follower only, has its entries
   * there, and is killed; the one killed before it is back.
   *
   * @param rounds how many leaders
   * @param roundNanos for how long each may lead so
   * @param order decides which follower is reached
   */
  record Figure8(int rounds, long roundNanos, long order) implements StormFault {
    @Override
    public Runnable strike(Cluster cluster) {
      Round round = new Round(cluster, this);
      round.begin();
      return round::end;
    }

    private static final class Round {
      private final Cluster cluster;
      private final Figure8 storm;
      private final Prng random;
      private int left;
      private int cut = -1;
      private int reached = -1;
      private int killed = -1;

      Round(Cluster cluster, Figure8 storm) {
        this.cluster = cluster;
        this.storm = storm;
        this.random = new Prng(storm.order());
        this.left = storm.rounds();
      }

      void begin() {
        int leader = cluster.leaderSlot();
        if (left-- <= 0 || cluster.size() < 3) {
          end();
          return;
        }
        if (leader >= 0 && cluster.node(leader).isUp()) {
          cut = leader;
          reached = (leader + 1 + random.nextInt(cluster.size() - 1)) % cluster.size();
          block(true);
        }
        later(this::kill);
      }

      private void kill() {
        if (cut >= 0) {
          int victim = cut;
          cluster.crash(victim);
          block(false);
          if (killed >= 0) {
            cluster.restart(killed);
          }
          killed = victim;
        }
        later(this::begin);
      }

      private void block(boolean blocked) {
        for (int slot = 0; slot < cluster.size(); slot++) {
          if (slot != cut && slot != reached) {
            cluster.network().block(cut, slot, blocked);
          }
        }
        cut = blocked ? cut : -1;
      }

      void end() {
        left = 0;
        if (cut >= 0) {
          block(false);
        }
        if (killed >= 0) {
          cluster.restart(killed);
          killed = -1;
        }
      }

      private void later(Runnable next) {
        Simulation simulation = cluster.simulation();
        long length = storm.roundNanos() / 2 + random.nextLong(storm.roundNanos());
        simulation.world(simulation.now() + length, -1, "figure 8", next);
      }
    }
  }

  /**
   * A process dies between its writes and their force, is started, acknowledges what it reads, and
   * the power goes (STORAGE D-h, row 23).
   *
   * @param stallNanos for how long no force completes before the process dies
   * @param aliveNanos for how long it lives again
   */
  record CacheStorm(NodeId node, long stallNanos, long aliveNanos) implements StormFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      Simulation simulation = cluster.simulation();
      cluster.stall(slot, stallNanos);
      long dies = simulation.now() + stallNanos;
      simulation.world(dies - 1, slot, "cache storm", () -> cluster.crash(slot));
      simulation.world(dies + 1, slot, "start", () -> cluster.restart(slot));
      simulation.world(dies + aliveNanos, slot, "cut", () -> cluster.powerCut(slot, 0));
      return () -> cluster.restart(slot);
    }
  }

  /**
   * A follower's disk stalls while its log is appended to and, by another leader, overwritten; then
   * all of it completes at once.
   */
  record AbaStorm(NodeId node, long nanos) implements StormFault {
    @Override
    public Runnable strike(Cluster cluster) {
      Simulation simulation = cluster.simulation();
      cluster.stall(cluster.slot(node), nanos);
      int leader = cluster.leaderSlot();
      if (leader < 0) {
        return () -> {};
      }
      NetworkFault.Partition alone =
          new NetworkFault.Partition(new TreeSet<>(List.of(cluster.id(leader), node)), true, true);
      Runnable[] undo = new Runnable[1];
      simulation.world(
          simulation.now() + nanos / 8, leader, "aba", () -> undo[0] = alone.strike(cluster));
      simulation.world(
          simulation.now() + nanos * 3 / 4,
          leader,
          "aba over",
          () -> {
            if (undo[0] != null) {
              undo[0].run();
            }
          });
      return () -> {};
    }
  }

  /** The leader reaches just as many nodes as a quorum needs, others for each leader. */
  record MinimalQuorum(long order) implements StormFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int leader = Math.max(0, cluster.leaderSlot());
      int size = cluster.size();
      boolean[] reached = new boolean[size];
      Prng random = new Prng(order);
      reached[leader] = true;
      for (int some = 0; some < size / 2; ) {
        int next = random.nextInt(size);
        if (!reached[next]) {
          reached[next] = true;
          some++;
        }
      }
      block(cluster, leader, reached, true);
      return () -> block(cluster, leader, reached, false);
    }

    private static void block(Cluster cluster, int leader, boolean[] reached, boolean blocked) {
      for (int slot = 0; slot < reached.length; slot++) {
        if (!reached[slot]) {
          cluster.network().block(leader, slot, blocked);
        }
      }
    }
  }

  /** The leader dies, and in the election that follows the power of all machines goes. */
  record ElectionPowerCut(long afterNanos, double survival) implements StormFault {
    @Override
    public Runnable strike(Cluster cluster) {
      Simulation simulation = cluster.simulation();
      int leader = Math.max(0, cluster.leaderSlot());
      cluster.crash(leader);
      NodeFault.PowerCutOfAll all = new NodeFault.PowerCutOfAll(survival);
      simulation.world(
          simulation.now() + afterNanos, -1, "cut in election", () -> all.strike(cluster));
      return () -> {
        for (int slot = 0; slot < cluster.size(); slot++) {
          cluster.restart(slot);
        }
      };
    }
  }

  /**
   * Who leads dies when it has applied a client's command and not yet answered it.
   *
   * @param clientToo whether the client dies with it; otherwise it asks the next leader again, in
   *     the same session
   */
  record Unanswered(boolean clientToo) implements StormFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int[] died = {-1, -1};
      Cluster.Listener storm = (node, client) -> strike(cluster, node, client, died);
      cluster.onApplied(storm);
      return () -> {
        cluster.onApplied(null);
        if (died[0] >= 0) {
          cluster.restart(died[0]);
        }
        if (died[1] >= 0) {
          cluster.clients().get(died[1]).start();
        }
      };
    }

    private void strike(Cluster cluster, int node, int client, int[] died) {
      if (node != cluster.leaderSlot() || died[0] >= 0) {
        return;
      }
      cluster.onApplied(null);
      Marks marks = cluster.simulation().marks();
      marks.hit(Mark.LEADER_DIED_UNANSWERED);
      died[0] = node;
      cluster.crash(node);
      if (clientToo) {
        marks.hit(Mark.BOTH_DIED_UNANSWERED);
        died[1] = client;
        cluster.clients().get(client).crash();
        cluster.deaths().clientDied();
      }
    }
  }

  /** What a node has sent is held while it is killed and started; then it arrives. */
  record RejoinStorm(NodeId node, long downNanos) implements StormFault {
    @Override
    public Runnable strike(Cluster cluster) {
      Simulation simulation = cluster.simulation();
      int slot = cluster.slot(node);
      cluster.network().hold(slot, true);
      simulation.world(
          simulation.now() + downNanos / 2, slot, "rejoin storm", () -> cluster.powerCut(slot, 0));
      simulation.world(simulation.now() + downNanos, slot, "rejoins", () -> cluster.restart(slot));
      return () -> {
        cluster.network().hold(slot, false);
        cluster.restart(slot);
      };
    }
  }
}
