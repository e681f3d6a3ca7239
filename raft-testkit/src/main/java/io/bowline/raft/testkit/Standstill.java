package io.bowline.raft.testkit;

/** For how long a machine's process gets no turn, and its disk completes no force. */
final class Standstill {
  private final Cluster cluster;
  private final Simulation simulation;
  private final SimulatedNode machine;
  private final DiskTiming timing;
  private long pausedUntil;

  Standstill(Cluster cluster, SimulatedNode machine, DiskTiming timing) {
    this.cluster = cluster;
    this.simulation = cluster.simulation();
    this.machine = machine;
    this.timing = timing;
  }

  long pausedUntil() {
    return pausedUntil;
  }

  /** Whether its disk completes no force now. */
  boolean isStalled() {
    return timing.isStalledAt(simulation.now());
  }

  /** Its process gets no turn for so long; its clock goes on. */
  void pause(long nanos) {
    Life life = machine.life();
    if (life == null) {
      return;
    }
    int slot = machine.slot();
    pausedUntil = simulation.now() + nanos;
    boolean led = machine.leads();
    simulation.marks().hitIf(led, Mark.LEADER_PAUSED);
    long term = simulation.marks().newestTerm;
    life.pauseUntil(pausedUntil);
    cluster.frozen(slot, nanos);
    cluster.protocol().promises().paused(slot, pausedUntil);
    machine.tell("paused");
    simulation.world(pausedUntil, slot, "resumes", () -> resumed(led, term));
  }

  /** A process starts: the machine runs, and so does its clock. */
  void started() {
    if (simulation.now() < pausedUntil) {
      pausedUntil = simulation.now();
      machine.clock().goOn(pausedUntil);
    }
  }

  private void resumed(boolean led, long term) {
    machine.tell("resumed");
    boolean over = led && simulation.marks().newestTerm > term;
    simulation.marks().hitIf(over, Mark.LEADER_PAUSED_PAST_ITS_TERM);
  }

  /** Its disk completes no force for so long. */
  void stall(long nanos) {
    boolean led = machine.leads();
    long patience = machine.settings().electionTimeoutNanos();
    if (nanos > patience) {
      simulation.marks().hit(led ? Mark.LEADER_STALLED : Mark.FOLLOWER_STALLED);
      simulation.world(
          simulation.now() + nanos,
          machine.slot(),
          "stall over",
          () ->
              simulation.marks().hitIf(led && !machine.leads(), Mark.LEADER_STEPPED_DOWN_STALLED));
    }
    timing.stallUntil(simulation.now() + nanos);
  }

  /** Its disk is as fast as it was. */
  void end() {
    timing.stallUntil(0);
  }
}
