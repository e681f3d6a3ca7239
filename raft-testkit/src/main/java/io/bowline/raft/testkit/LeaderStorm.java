package io.bowline.raft.testkit;

import io.bowline.raft.model.Message;

/**
 * Scripts around those that lead or would lead: an old leader with more entries than the new one,
 * one whose clock stands still while it is cut off, three in a row that write at the same indexes,
 * and a voter that is asked twice in one term. Like {@link StormFault} they look at who leads when
 * they strike.
 */
public sealed interface LeaderStorm extends Fault {
  @Override
  default FaultArea area() {
    return FaultArea.NODE;
  }

  /**
   * A leader is cut off from the other nodes, not from its clients, until another leads and has
   * committed a little; it comes back with a longer log of an older term, in half of the storms
   * while the new leader is down (§5.4.1).
   *
   * @param kills whether the new leader dies before the old one is back
   * @param leadNanos for how long the new one leads before that
   */
  record LongTail(boolean kills, long leadNanos) implements LeaderStorm {
    private static final long LOOK_NANOS = 20_000_000;

    @Override
    public Runnable strike(Cluster cluster) {
      int leader = cluster.leaderSlot();
      if (leader < 0 || cluster.size() < 3) {
        return () -> {};
      }
      Tail tail = new Tail(cluster, leader, this);
      tail.block(true);
      tail.look();
      return tail::end;
    }

    private static final class Tail {
      private final Cluster cluster;
      private final int old;
      private final LongTail storm;
      private boolean cut;
      private boolean ended;
      private int killed = -1;

      Tail(Cluster cluster, int old, LongTail storm) {
        this.cluster = cluster;
        this.old = old;
        this.storm = storm;
      }

      void block(boolean blocked) {
        cut = blocked;
        for (int slot = 0; slot < cluster.size(); slot++) {
          if (slot != old) {
            cluster.network().block(old, slot, blocked);
            cluster.network().block(slot, old, blocked);
          }
        }
      }

      void look() {
        if (ended) {
          return;
        }
        if (cluster.leaderSlot() == old) {
          later(LOOK_NANOS, this::look);
        } else {
          later(storm.leadNanos(), this::meet);
        }
      }

      private void meet() {
        int now = cluster.leaderSlot();
        if (ended || now == old) {
          return;
        }
        if (storm.kills()) {
          killed = now;
          cluster.crash(now);
        }
        block(false);
      }

      void end() {
        ended = true;
        if (cut) {
          block(false);
        }
        if (killed >= 0) {
          cluster.restart(killed);
        }
      }

      private void later(long nanos, Runnable next) {
        Simulation simulation = cluster.simulation();
        simulation.world(simulation.now() + nanos, old, "long tail", next);
      }
    }
  }

  /**
   * The leader's clock stands still while its process runs, with as few others as make no quorum:
   * by its clock it leads for ever, so that nothing but the confirming round keeps its reads from
   * being stale (thesis §6.4). The paths open before its clock goes on.
   *
   * @param nanos how long the clock stands
   * @param answersLate whether the answers to its last rounds are on their way until the paths
   *     open: reads that came meanwhile must not be confirmed by them
   * @param order decides who is left with it
   */
  record StoodClock(long nanos, boolean answersLate, long order) implements LeaderStorm {
    private static final long ROUNDS_NANOS = 250_000_000;

    @Override
    public Runnable strike(Cluster cluster) {
      int leader = cluster.leaderSlot();
      if (leader < 0 || cluster.size() < 3) {
        return () -> {};
      }
      boolean[] withIt = withIt(cluster.size(), leader);
      if (answersLate) {
        delay(cluster, withIt, leader, true);
        Simulation simulation = cluster.simulation();
        simulation.world(
            simulation.now() + ROUNDS_NANOS,
            leader,
            "clock stands",
            () -> stand(cluster, withIt, leader));
      } else {
        stand(cluster, withIt, leader);
      }
      return () -> {};
    }

    /** The leader and others, less than a quorum together. */
    private boolean[] withIt(int size, int leader) {
      boolean[] withIt = new boolean[size];
      withIt[leader] = true;
      Prng random = new Prng(order);
      for (int left = random.nextInt((size - 1) / 2); left > 0; ) {
        int other = random.nextInt(size);
        left -= withIt[other] ? 0 : 1;
        withIt[other] = true;
      }
      return withIt;
    }

    private void stand(Cluster cluster, boolean[] withIt, int leader) {
      Simulation simulation = cluster.simulation();
      cluster.standClock(leader, nanos);
      LeaderStorm.block(cluster, withIt, true);
      simulation.world(
          simulation.now() + nanos * 3 / 4,
          leader,
          "paths open",
          () -> {
            LeaderStorm.block(cluster, withIt, false);
            delay(cluster, withIt, leader, false);
          });
    }

    private static void delay(Cluster cluster, boolean[] side, int leader, boolean late) {
      for (int slot = 0; slot < side.length; slot++) {
        if (!side[slot]) {
          cluster.network().delay(slot, leader, late);
        }
      }
    }
  }

  /**
   * Three leaders write at the same indexes: the first one is cut off with its tail, the second one
   * from the moment it leads, until a third one leads; then all meet. With the first leader on the
   * second one's side its tail is overwritten twice; otherwise it may lead again, and entries of an
   * older term take the place of newer ones (§5.4.2). Clients reach all of them.
   *
   * @param leadNanos for how long the third one leads before that
   * @param order decides who is left with the first two
   */
  record ThreeLeaders(long leadNanos, long order) implements LeaderStorm {
    @Override
    public Runnable strike(Cluster cluster) {
      int leader = cluster.leaderSlot();
      if (leader < 0 || cluster.size() < 3) {
        return () -> {};
      }
      Row row = new Row(cluster, leader, this);
      row.begin();
      return row::end;
    }

    /** Cuts off one leader after the other. */
    private static final class Row implements SimulatedNetwork.Observer {
      private final Cluster cluster;
      private final int first;
      private final ThreeLeaders storm;
      private final Prng random;
      private final boolean company;
      private boolean[] side;
      private int leading = -1;
      private int leaders = 1;

      Row(Cluster cluster, int first, ThreeLeaders storm) {
        this.cluster = cluster;
        this.first = first;
        this.storm = storm;
        this.random = new Prng(storm.order());
        this.company = cluster.size() >= 5; // the others are a quorum without two
        this.side = new boolean[cluster.size()];
      }

      void begin() {
        side[first] = true;
        if (company && random.nextBoolean()) {
          side[(first + 1 + random.nextInt(cluster.size() - 1)) % cluster.size()] = true;
        }
        LeaderStorm.block(cluster, side, true);
        cluster.network().observe(this);
      }

      /** A new leader is known by the first thing it sends, which must not arrive everywhere. */
      @Override
      public void sent(int from, int to, Message message) {
        if (side[from] || from == leading || cluster.leaderSlot() != from || leaders == 3) {
          return;
        }
        leading = from;
        leaders++;
        Simulation simulation = cluster.simulation();
        if (leaders == 2) {
          simulation.world(simulation.now(), from, "second leader", () -> cut(from));
        } else {
          simulation.world(simulation.now() + storm.leadNanos(), from, "all meet", this::end);
        }
      }

      private void cut(int second) {
        if (leaders == 2) {
          LeaderStorm.block(cluster, side, false);
          side = new boolean[cluster.size()];
          side[second] = true;
          side[first] = company && random.nextBoolean();
          LeaderStorm.block(cluster, side, true);
        }
      }

      void end() {
        if (leaders <= 3) {
          leaders = 4;
          cluster.network().unobserve(this);
          LeaderStorm.block(cluster, side, false);
        }
      }
    }
  }

  /**
   * Two nodes that do not see each other ask all others for their vote in one term: these sleep
   * until both would campaign. Who votes dies as soon as its vote has left, and is asked by the
   * other one when it is back (§5.2: a vote outlives its voter's process). In half of the storms
   * the votes are lost with their voters.
   *
   * @param sleepNanos longer than two election timeouts, so that both wait for a quorum
   * @param downNanos how long a voter is dead
   * @param order decides who asks
   */
  record SecondVote(long sleepNanos, long downNanos, long order) implements LeaderStorm {
    @Override
    public Runnable strike(Cluster cluster) {
      int size = cluster.size();
      if (size < 3) {
        return () -> {};
      }
      Prng random = new Prng(order);
      int one = random.nextInt(size);
      int other = (one + 1 + random.nextInt(size - 1)) % size;
      for (int slot = 0; slot < size; slot++) {
        if (slot != one && slot != other) {
          cluster.pause(slot, sleepNanos);
        }
      }
      block(cluster, one, other, true);
      Voters voters = new Voters(cluster, one, other, downNanos, random.nextBoolean());
      cluster.network().observe(voters);
      return () -> {
        cluster.network().unobserve(voters);
        block(cluster, one, other, false);
        for (int slot = 0; slot < size; slot++) {
          cluster.restart(slot);
        }
      };
    }

    private static void block(Cluster cluster, int one, int other, boolean blocked) {
      cluster.network().block(one, other, blocked);
      cluster.network().block(other, one, blocked);
    }

    /** Kills who voted. */
    private static final class Voters implements SimulatedNetwork.Observer {
      private final Cluster cluster;
      private final int one;
      private final int other;
      private final long downNanos;
      private final boolean losesVotes;
      private final boolean[] killed;

      Voters(Cluster cluster, int one, int other, long downNanos, boolean losesVotes) {
        this.cluster = cluster;
        this.one = one;
        this.other = other;
        this.downNanos = downNanos;
        this.losesVotes = losesVotes;
        this.killed = new boolean[cluster.size()];
      }

      @Override
      public void sent(int from, int to, Message message) {
        boolean asked = to == one || to == other;
        if (asked && message instanceof Message.VoteReply reply && reply.granted()) {
          kill(from, to);
        }
      }

      private void kill(int voter, int asker) {
        if (killed[voter] || voter == one || voter == other) {
          return;
        }
        killed[voter] = true;
        Simulation simulation = cluster.simulation();
        long now = simulation.now();
        simulation.world(now, voter, "voted and dies", () -> cluster.crash(voter));
        simulation.world(now + downNanos, voter, "voter is back", () -> cluster.restart(voter));
        if (losesVotes) { // then nobody wins, and both ask again
          cluster.network().block(voter, asker, true);
          simulation.world(
              now + downNanos,
              voter,
              "voter is heard",
              () -> cluster.network().block(voter, asker, false));
        }
      }
    }
  }

  /** Cuts the paths between that side and the other one, or opens them. */
  private static void block(Cluster cluster, boolean[] side, boolean blocked) {
    for (int from = 0; from < side.length; from++) {
      for (int to = 0; to < side.length; to++) {
        if (side[from] != side[to]) {
          cluster.network().block(from, to, blocked);
        }
      }
    }
  }
}
