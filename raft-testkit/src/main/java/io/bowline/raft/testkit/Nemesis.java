package io.bowline.raft.testkit;

import io.bowline.raft.model.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Lets faults strike at random, each kind in its own rhythm, until it is stopped. Which kinds are
 * on is drawn with the seed (swarm: a constant mix of all masks bugs).
 */
final class Nemesis {
  private static final long SECOND = 1_000_000_000L;

  private final Simulation simulation;
  private final Cluster cluster;
  private final Prng random;
  private final RunPlan plan;
  private final Map<String, Long> struck = new TreeMap<>();
  private final List<FaultSchedule.Strike> strikes = new ArrayList<>();
  private boolean stopped;

  Nemesis(Simulation simulation, Cluster cluster, RunPlan plan) {
    this.plan = plan;
    this.simulation = simulation;
    this.cluster = cluster;
    this.random = simulation.random("nemesis");
  }

  /** How often each kind of fault struck. */
  Map<String, Long> struck() {
    return struck;
  }

  /** What struck and when, to be given to another run. */
  FaultSchedule schedule() {
    return new FaultSchedule(strikes);
  }

  /** Lets strike what the plan gives, or draws which kinds of faults this seed has. */
  void begin() {
    FaultSchedule given = plan.schedule();
    if (given == null) {
      draw();
      return;
    }
    for (FaultSchedule.Strike strike : given.strikes()) {
      simulation.world(
          strike.atNanos(),
          -1,
          strike.fault().kind(),
          () -> {
            if (!stopped) {
              strike(strike.fault(), strike.lengthNanos());
            }
          });
    }
  }

  private void draw() {
    if (random.nextBoolean()) {
      plague("partitions", draw(2, 30), this::partition, 0.2, 20);
    }
    if (random.nextBoolean()) {
      plague("crashes", draw(5, 60), this::crash, 0.1, 10);
    }
    if (random.nextBoolean()) {
      plague("power cuts", draw(5, 60), this::powerCut, 0.1, 10);
    }
    if (random.nextBoolean()) {
      plague("pauses", draw(5, 60), this::pause, 1, 2);
    }
    if (random.nextBoolean()) {
      plague("slow paths", draw(5, 30), this::slowPath, 1, 20);
    }
    if (random.nextBoolean()) {
      plague("disk stalls", draw(10, 60), this::diskStall, 1, 2);
    }
    if (random.nextInt(4) == 0) {
      plague("failing forces", draw(10, 60), () -> new Fault.ForceFailure(anyNode()), 0.5, 10);
    }
    if (random.nextInt(4) == 0) {
      plague("full disks", draw(10, 60), () -> new Fault.DiskFull(anyNode()), 1, 15);
    }
    if (random.nextBoolean()) {
      plague("stops", draw(5, 60), () -> new Fault.Stop(anyNode()), 0.5, 5);
    }
    if (random.nextBoolean()) {
      plague("client crashes", draw(2, 30), this::clientCrash, 0.01, 2);
    }
    if (random.nextInt(5) == 0) {
      once("power cut of all", draw(3, 30), () -> new Fault.PowerCutOfAll(survival()));
    }
  }

  /** No further fault strikes; those that are on are undone when their time comes. */
  void stop() {
    stopped = true;
  }

  private long draw(int lowSeconds, int highSeconds) {
    return random.logUniform(lowSeconds * SECOND, highSeconds * SECOND);
  }

  private void plague(
      String name, long mean, Supplier<Fault> fault, double shortest, double longest) {
    simulation.world(
        simulation.now() + random.exponential(mean),
        -1,
        name,
        () -> {
          if (!stopped) {
            long length = random.logUniform((long) (shortest * SECOND), (long) (longest * SECOND));
            strike(fault.get(), length);
            plague(name, mean, fault, shortest, longest);
          }
        });
  }

  private void once(String name, long mean, Supplier<Fault> fault) {
    simulation.world(
        simulation.now() + random.exponential(mean),
        -1,
        name,
        () -> {
          if (!stopped) {
            strike(fault.get(), random.logUniform(SECOND / 10, 5 * SECOND));
          }
        });
  }

  private void strike(Fault fault, long length) {
    if (!plan.areas().contains(fault.area())) {
      return;
    }
    struck.merge(fault.kind(), 1L, Long::sum);
    FaultSchedule.Strike strike = new FaultSchedule.Strike(simulation.now(), fault, length);
    strikes.add(strike);
    if (simulation.trace().isWritten()) {
      simulation.trace().line(simulation.now(), -1, strike.toString());
    }
    if (simulation.isObserved()) {
      long until = simulation.now() + length;
      simulation.observer().fault(simulation.now(), until, FaultText.format(fault));
    }
    Runnable undo = fault.strike(cluster);
    simulation.world(simulation.now() + length, -1, "undo", undo);
  }

  /** Uniform chance seldom hits the leader: half of the time it is meant. */
  private NodeId anyNode() {
    int leader = cluster.leaderSlot();
    return leader >= 0 && random.nextBoolean()
        ? cluster.id(leader)
        : cluster.id(random.nextInt(cluster.size()));
  }

  private Fault partition() {
    boolean oneWay = random.nextBoolean();
    boolean outwards = random.nextBoolean();
    int mode = random.nextInt(4);
    NodeId node = anyNode();
    TreeSet<NodeId> side = new TreeSet<>();
    side.add(node);
    if (mode == 0 && cluster.size() > 2) {
      return new Fault.Bridge(node, new TreeSet<>(List.of(anyNode())));
    }
    for (int slot = 0; slot < cluster.size() && mode == 1; slot++) {
      if (random.nextBoolean()) {
        side.add(cluster.id(slot));
      }
    }
    return new Fault.Partition(side, !oneWay || outwards, !oneWay || !outwards);
  }

  private Fault crash() {
    NodeId node = anyNode();
    return random.nextBoolean()
        ? new Fault.Crash(node)
        : new Fault.CrashInCall(node, 1 + random.nextInt(20), Double.NaN);
  }

  private Fault powerCut() {
    NodeId node = anyNode();
    return random.nextBoolean()
        ? new Fault.PowerCut(node, survival())
        : new Fault.CrashInCall(node, 1 + random.nextInt(20), survival());
  }

  private double survival() {
    return random.nextInt(3) / 2.0;
  }

  private Fault slowPath() {
    NodeId from = anyNode();
    NodeId to = cluster.id(random.nextInt(cluster.size()));
    return new Fault.SlowPath(from, to, 5 + random.nextInt(45));
  }

  private Fault clientCrash() {
    return new Fault.ClientCrash(random.nextInt(cluster.clients().size()));
  }

  private Fault pause() {
    return new Fault.Pause(anyNode(), random.logUniform(SECOND / 20, 10 * SECOND));
  }

  private Fault diskStall() {
    return new Fault.DiskStall(anyNode(), random.logUniform(SECOND / 2, 10 * SECOND));
  }
}
