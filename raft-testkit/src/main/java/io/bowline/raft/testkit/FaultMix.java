package io.bowline.raft.testkit;

import io.bowline.raft.model.NodeId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Draws the faults of a seed: which kinds are on (swarm: a constant mix of all masks bugs), each in
 * its own rhythm, and whom they strike. The strengths stand in docs/testing/README.md.
 */
final class FaultMix {
  private static final long SECOND = 1_000_000_000L;
  private static final long MILLI = 1_000_000L;

  /** Longer than any run: such a fault ends when everything is healed. */
  private static final long WHOLE_RUN = 3_600 * SECOND;

  private final Simulation simulation;
  private final Cluster cluster;
  private final Nemesis nemesis;
  private final Prng random;

  FaultMix(Simulation simulation, Cluster cluster, Nemesis nemesis) {
    this.simulation = simulation;
    this.cluster = cluster;
    this.nemesis = nemesis;
    this.random = simulation.random("nemesis");
  }

  void begin() {
    network();
    nodes();
    disks();
    damages();
    clocks();
    clients();
    storms();
    new FoundingMix(this, nemesis, cluster, simulation.random("founding")).begin();
    new ForeignMix(this, simulation.random("foreign code")).begin();
  }

  private boolean oneIn(int seeds) {
    return random.nextInt(seeds) == 0;
  }

  private void network() {
    rate(new NetworkFault.Loss(oneIn(20) ? random.nextDouble() * 0.3 : some(0.1)));
    rate(new NetworkFault.Duplicates(some(0.2)));
    rate(new NetworkFault.Stale(some(0.05)));
    rate(new NetworkFault.Resets(random.logUniform(10, 1_000) * 1e-6));
    rate(new NetworkFault.Corruption(oneIn(2) ? 0 : random.logUniform(10, 1_000) * 1e-6));
    plague(oneIn(2), draw(2, 30), this::partition, 0.2, 20);
    plague(oneIn(2), draw(5, 30), this::slowPath, 1, 20);
    plague(oneIn(5), draw(5, 60), () -> new NetworkFault.HalfOpen(anyNode(), other()), 1, 60);
    plague(oneIn(5), draw(5, 60), () -> new NetworkFault.Refusing(anyNode()), 0.5, 10);
    plague(oneIn(5), draw(5, 60), () -> new NetworkFault.Held(anyNode()), 0.2, 10);
    plague(oneIn(10), draw(5, 30), this::swizzle, 3, 20);
    plague(oneIn(6), draw(1, 10), this::absurdNumber, 0.5, 5);
  }

  private void rate(NetworkFault fault) {
    if (!FaultText.format(fault).endsWith("=0.0")) {
      nemesis.strike(fault, WHOLE_RUN);
    }
  }

  private double some(double most) {
    double drawn = random.nextDouble() * most;
    return random.nextInt(5) < 2 ? 0 : drawn;
  }

  private void nodes() {
    plague(oneIn(2), draw(5, 60), this::crash, 0.1, 10);
    plague(oneIn(2), draw(5, 60), this::powerCut, 0.1, 10);
    plague(oneIn(2), draw(5, 60), this::pause, 1, 2);
    plague(oneIn(5), draw(10, 60), this::doubleCut, 0.5, 5);
    once(oneIn(5), draw(3, 30), () -> new NodeFault.PowerCutOfAll(survival()), 0.1, 5);
    once(oneIn(10), draw(3, 30), this::rollingCuts, 1, 2);
  }

  private void disks() {
    plague(oneIn(2), draw(10, 60), this::diskStall, 1, 2);
    plague(oneIn(4), draw(10, 60), () -> new DiskFault.ForceFailure(anyNode()), 0.5, 10);
    plague(oneIn(8), draw(10, 60), () -> new DiskFault.WriteFailure(anyNode()), 0.5, 10);
    plague(oneIn(4), draw(10, 60), () -> new DiskFault.DiskFull(anyNode()), 1, 15);
    plague(oneIn(8), draw(10, 60), () -> new DiskFault.NoHandles(anyNode()), 1, 30);
  }

  private void damages() {
    once(oneIn(12), draw(4, 30), () -> new DamageFault.Wipe(anyNode()), 0.1, 10);
    once(oneIn(12), draw(2, 15), () -> new DamageFault.OldCopy(anyNode()), 1, 20);
    once(oneIn(20), draw(4, 30), () -> new DamageFault.CloneOf(anyNode(), other()), 0.1, 5);
    once(oneIn(10), draw(4, 30), this::rot, 0.1, 5);
    plague(oneIn(12), draw(5, 30), this::ballotRot, 0.1, 5);
    once(oneIn(12), draw(4, 30), this::misdirected, 0.1, 5);
    plague(oneIn(20), draw(5, 30), this::spoiltNeighbour, 1, 5);
  }

  private Fault rot() {
    return new DamageFault.Rot(anyNode(), random.nextInt(3), random.nextLong(1L << 32));
  }

  private Fault ballotRot() {
    return new DamageFault.BallotRot(anyNode(), random.nextBoolean(), random.nextLong(1L << 32));
  }

  private Fault misdirected() {
    return new DamageFault.Misdirected(anyNode(), random.nextLong(1L << 32));
  }

  private Fault spoiltNeighbour() {
    return new DamageFault.SpoiltNeighbour(
        anyNode(), random.logUniform(20 * MILLI, SECOND), survival());
  }

  private void clocks() {
    if (oneIn(10)) {
      long fivePercent = random.nextBoolean() ? 50_000 : -50_000;
      nemesis.strike(new ClockFault.ClockRate(anyNode(), fivePercent), WHOLE_RUN);
    }
    plague(oneIn(5), draw(10, 60), this::suspend, 1, 2);
  }

  private void clients() {
    int clients = cluster.clients().size();
    plague(
        oneIn(2), draw(2, 30), () -> new ClientFault.ClientCrash(random.nextInt(clients)), 0.01, 2);
    plague(oneIn(5), draw(2, 30), () -> clientPause(random.nextInt(clients)), 1, 2);
    plague(oneIn(2), draw(5, 60), () -> new OperatorFault.Stop(anyNode()), 0.5, 5);
    once(oneIn(10), draw(3, 30), this::rollingRestart, 1, 2);
  }

  private void storms() {
    plague(oneIn(12), draw(5, 20), this::figure8, 20, 30);
    plague(oneIn(12), draw(5, 20), this::cacheStorm, 3, 10);
    plague(oneIn(12), draw(5, 20), this::abaStorm, 8, 10);
    plague(oneIn(12), draw(2, 10), this::minimalQuorum, 1, 10);
    plague(oneIn(12), draw(5, 20), this::rejoinStorm, 2, 10);
    once(oneIn(12), draw(3, 20), this::electionCut, 4, 8);
    plague(oneIn(8), draw(3, 15), this::longTail, 4, 8);
    plague(oneIn(8), draw(3, 15), this::stoodClock, 8, 9);
    plague(oneIn(6), draw(4, 15), this::secondVote, 6, 9);
    plague(oneIn(12), draw(2, 15), this::unanswered, 1, 8);
    plague(oneIn(6), draw(3, 15), this::threeLeaders, 6, 10);
  }

  private long draw(int lowSeconds, int highSeconds) {
    return random.logUniform(lowSeconds * SECOND, highSeconds * SECOND);
  }

  void plague(boolean on, long mean, Supplier<Fault> fault, double shortest, double longest) {
    if (on) {
      again(mean, fault, shortest, longest);
    }
  }

  private void again(long mean, Supplier<Fault> fault, double shortest, double longest) {
    simulation.world(
        simulation.now() + random.exponential(mean),
        -1,
        "nemesis",
        () -> {
          if (!nemesis.isStopped()) {
            nemesis.strike(fault.get(), length(shortest, longest));
            again(mean, fault, shortest, longest);
          }
        });
  }

  void once(boolean on, long mean, Supplier<Fault> fault, double shortest, double longest) {
    if (on) {
      simulation.world(
          simulation.now() + random.exponential(mean),
          -1,
          "nemesis",
          () -> nemesis.strike(fault.get(), length(shortest, longest)));
    }
  }

  private long length(double shortest, double longest) {
    return random.logUniform((long) (shortest * SECOND), (long) (longest * SECOND));
  }

  /** Uniform chance seldom hits the leader: half of the time it is meant. */
  NodeId anyNode() {
    int leader = cluster.leaderSlot();
    return leader >= 0 && random.nextBoolean() ? cluster.id(leader) : other();
  }

  private NodeId other() {
    return cluster.id(random.nextInt(cluster.size()));
  }

  private Fault partition() {
    boolean oneWay = random.nextBoolean();
    boolean outwards = random.nextBoolean();
    int mode = random.nextInt(5);
    NodeId node = anyNode();
    TreeSet<NodeId> side = new TreeSet<>();
    side.add(node);
    if (mode == 0 && cluster.size() > 2) {
      return new NetworkFault.Bridge(node, new TreeSet<>(List.of(anyNode())));
    }
    if (mode == 1) {
      someOthers(side, cluster.size());
    } else if (mode == 2) { // a minority around who leads, or around anybody
      someOthers(side, Math.max(1, (cluster.size() - 1) / 2));
    }
    return new NetworkFault.Partition(side, !oneWay || outwards, !oneWay || !outwards);
  }

  private void someOthers(Set<NodeId> side, int most) {
    for (int slot = 0; slot < cluster.size() && side.size() < most; slot++) {
      if (random.nextBoolean()) {
        side.add(cluster.id(slot));
      }
    }
  }

  private Fault absurdNumber() {
    long[] values = {0, 1L << 62, Long.MAX_VALUE};
    return new NetworkFault.AbsurdNumber(
        anyNode(), random.nextInt(40), random.nextInt(12), values[random.nextInt(values.length)]);
  }

  private Fault swizzle() {
    TreeSet<NodeId> side = new TreeSet<>();
    side.add(anyNode());
    someOthers(side, cluster.size());
    return new NetworkFault.Swizzle(
        side, random.logUniform(50 * MILLI, SECOND), random.nextLong(1L << 32));
  }

  private Fault slowPath() {
    return new NetworkFault.SlowPath(anyNode(), other(), 5 + random.nextInt(45));
  }

  private Fault crash() {
    NodeId node = anyNode();
    return random.nextBoolean()
        ? new NodeFault.Crash(node)
        : new NodeFault.CrashInCall(node, 1 + random.nextInt(20), Double.NaN);
  }

  private Fault powerCut() {
    NodeId node = anyNode();
    return random.nextBoolean()
        ? new NodeFault.PowerCut(node, survival())
        : new NodeFault.CrashInCall(node, 1 + random.nextInt(20), survival());
  }

  private Fault doubleCut() {
    return new NodeFault.DoublePowerCut(anyNode(), 1 + random.nextInt(30), survival());
  }

  private Fault rollingCuts() {
    return new NodeFault.RollingPowerCuts(draw(1, 4), survival());
  }

  private Fault rollingRestart() {
    return new OperatorFault.RollingRestart(draw(1, 4));
  }

  private double survival() {
    return random.nextInt(3) / 2.0;
  }

  private Fault pause() {
    return new NodeFault.Pause(anyNode(), random.logUniform(SECOND / 20, 10 * SECOND));
  }

  private Fault suspend() {
    return new ClockFault.Suspend(anyNode(), random.logUniform(SECOND, 20 * SECOND));
  }

  private Fault clientPause(int client) {
    return new ClientFault.ClientPause(client, random.logUniform(SECOND / 20, 5 * SECOND));
  }

  private Fault diskStall() {
    return new DiskFault.DiskStall(anyNode(), random.logUniform(SECOND / 2, 10 * SECOND));
  }

  private Fault figure8() {
    return new StormFault.Figure8(
        4 + random.nextInt(6),
        random.logUniform(200 * MILLI, 2 * SECOND),
        random.nextLong(1L << 32));
  }

  private Fault cacheStorm() {
    return new StormFault.CacheStorm(
        anyNode(),
        random.logUniform(50 * MILLI, SECOND),
        random.logUniform(200 * MILLI, 3 * SECOND));
  }

  private Fault abaStorm() {
    return new StormFault.AbaStorm(other(), random.logUniform(2 * SECOND, 8 * SECOND));
  }

  private Fault minimalQuorum() {
    return new StormFault.MinimalQuorum(random.nextLong(1L << 32));
  }

  private Fault unanswered() {
    return new StormFault.Unanswered(random.nextBoolean());
  }

  private Fault rejoinStorm() {
    return new StormFault.RejoinStorm(anyNode(), random.logUniform(100 * MILLI, 2 * SECOND));
  }

  private Fault longTail() {
    return new LeaderStorm.LongTail(
        random.nextBoolean(), random.logUniform(20 * MILLI, 500 * MILLI));
  }

  private Fault stoodClock() {
    return new LeaderStorm.StoodClock(draw(2, 8), random.nextBoolean(), random.nextLong(1L << 32));
  }

  private Fault threeLeaders() {
    return new LeaderStorm.ThreeLeaders(
        random.logUniform(20 * MILLI, 500 * MILLI), random.nextLong(1L << 32));
  }

  private Fault secondVote() {
    return new LeaderStorm.SecondVote(
        random.nextLong(2 * SECOND, 5 * SECOND),
        random.logUniform(MILLI, 300 * MILLI),
        random.nextLong(1L << 32));
  }

  private Fault electionCut() {
    return new StormFault.ElectionPowerCut(random.logUniform(300 * MILLI, 4 * SECOND), survival());
  }
}
