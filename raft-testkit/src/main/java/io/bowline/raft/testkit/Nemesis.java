package io.bowline.raft.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Lets faults strike, writes down what struck and undoes it when its time has come: those that the
 * plan gives, or those that {@link FaultMix} draws.
 */
final class Nemesis {
  /** What lasts longer is a property of the run, and no fault among others. */
  private static final long WHOLE_RUN = 3_600_000_000_000L;

  private final Simulation simulation;
  private final Cluster cluster;
  private final RunPlan plan;
  private final Map<String, Long> struck = new TreeMap<>();
  private final List<FaultSchedule.Strike> strikes = new ArrayList<>();
  private boolean stopped;
  private int on;

  Nemesis(Simulation simulation, Cluster cluster, RunPlan plan) {
    this.simulation = simulation;
    this.cluster = cluster;
    this.plan = plan;
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
      new FaultMix(simulation, cluster, this).begin();
      return;
    }
    for (FaultSchedule.Strike strike : given.strikes()) {
      if (strike.atNanos() <= simulation.now()) {
        strike(strike.fault(), strike.lengthNanos());
        continue;
      }
      simulation.world(
          strike.atNanos(),
          -1,
          strike.fault().kind(),
          () -> strike(strike.fault(), strike.lengthNanos()));
    }
  }

  /** No further fault strikes; those that are on are undone when their time comes. */
  void stop() {
    stopped = true;
  }

  boolean isStopped() {
    return stopped;
  }

  private void marks() {
    Marks marks = simulation.marks();
    marks.hitIf(on > 0, Mark.FAULTS_OVERLAP);
    marks.hitIf(on > 2, Mark.FOUR_FAULTS_OVERLAP);
    int leader = cluster.leaderSlot();
    boolean led = leader >= 0 && cluster.node(leader).isUp();
    marks.hitIf(!led && simulation.now() > 0, Mark.FAULT_WITHOUT_LEADER);
    for (SimulatedNode node : cluster.nodes()) {
      boolean fresh = node.lives() > 1 && node.isUp() && node.age() < 100_000_000L;
      marks.hitIf(fresh, Mark.FAULT_IN_RECOVERY_WINDOW);
    }
  }

  /** Now, if the plan allows it and its machines are there. */
  void strike(Fault fault, long length) {
    if (stopped || !plan.areas().contains(fault.area()) || !FaultText.fits(fault, cluster)) {
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
    marks();
    Runnable undo = fault.strike(cluster);
    boolean counts = length < WHOLE_RUN;
    on += counts ? 1 : 0;
    simulation.world(
        simulation.now() + length,
        -1,
        "undo",
        () -> {
          on -= counts ? 1 : 0;
          undo.run();
        });
  }
}
