package io.bowline.raft.testkit;

import io.bowline.raft.RaftException;
import io.bowline.raft.RaftNode;
import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.Membership;
import io.bowline.raft.storage.StorageOptions;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One machine with a disk and a clock, and the node that runs on it, life after life. */
final class SimulatedNode {
  static final Path DIRECTORY = Path.of("/data/group");

  private final Cluster cluster;
  private final Simulation simulation;
  private final int slot;
  private final NodeSettings settings;
  private final Membership initial;
  private final Prng random;
  private final DiskTiming timing;
  private final SimulatedDisk disk;
  private final SimulatedClock clock;
  private final StorageChecks checks;
  private final StorageOptions options;
  private @Nullable NodeProcess process;
  private int lives;
  private boolean stopping;
  private long failuresBefore;
  private int armedChanges;
  private double armedSurvival;
  private long pausedUntil;
  private boolean diedInRecovery;
  private boolean retired;
  private boolean oldCopy;
  private boolean foreign;
  private boolean healed;
  private long endedAt;
  private long startedAt;

  SimulatedNode(Cluster cluster, int slot, NodeSettings settings, Membership initial) {
    this.cluster = cluster;
    this.simulation = cluster.simulation();
    this.slot = slot;
    this.settings = settings;
    this.initial = initial;
    this.random = simulation.random("node " + slot);
    this.timing = new DiskTiming(random.split("timing"), settings.forceNanos());
    this.disk = new SimulatedDisk(random.split("disk"), simulation.forces(slot, timing));
    disk.keepWholePages(settings.wholePages());
    disk.writeUnit(random.split("unit").nextBoolean() ? SimulatedFile.PAGE : 1);
    this.clock =
        new SimulatedClock(
            random.split("clock").nextLong(1L << 50), settings.clockPartsPerMillion());
    this.options = new StorageOptions(settings.segmentBytes(), settings.blockAlignment());
    this.checks = new StorageChecks(simulation, cluster.protocol(), disk, slot);
    cluster.protocol().add(slot, checks);
    cluster.protocol().promises().electionTimeout(slot, settings.electionTimeoutNanos());
  }

  boolean isUp() {
    return process != null && !process.life().isDead();
  }

  int slot() {
    return slot;
  }

  int lives() {
    return lives;
  }

  NodeSettings settings() {
    return settings;
  }

  SimulatedDisk disk() {
    return disk;
  }

  SimulatedClock clock() {
    return clock;
  }

  StorageChecks checks() {
    return checks;
  }

  StorageOptions options() {
    return options;
  }

  long pausedUntil() {
    return pausedUntil;
  }

  /** The node as it runs now, for tests that ask it themselves. */
  @Nullable RaftNode<?, ?> node() {
    return isUp() && process != null ? process.node() : null;
  }

  /** The last index that its state machine has applied in this life; 0 if it is down. */
  long lastApplied() {
    return isUp() && process != null ? process.lastApplied() : 0;
  }

  /** Starts a process unless one runs. */
  void start() {
    if (isUp() || retired) {
      return;
    }
    NodeProcess fresh = new NodeProcess(cluster, this, new Life(slot, ++lives), disk.mount());
    process = fresh;
    stopping = false;
    failuresBefore = disk.failures();
    startedAt = simulation.now();
    boolean soon = simulation.now() - endedAt < 100_000_000L;
    simulation.marks().hitIf(lives > 1 && soon, Mark.STARTED_WITHIN_100_MS);
    strikeWhenArmed();
    simulation.run(() -> open(fresh));
  }

  /** Whether its process keeps to its bounds. */
  void census() {
    if (process != null) {
      process.census(cluster.protocol().bounds());
    }
  }

  /** For how long its process has run. */
  long age() {
    return simulation.now() - startedAt;
  }

  /** Whether the disk has refused anything in this life: the node may end because of it. */
  private boolean diskHasFailed() {
    return disk.failures() > failuresBefore;
  }

  private void open(NodeProcess fresh) {
    try {
      fresh.open(initial, random.split("life " + fresh.life().number()));
      if (fresh.life().number() > 1) {
        checks.requireDurableRecovery(DIRECTORY, options);
      }
      if (foreign) {
        throw simulation.failure("CLONE_ACCEPTED", cluster.id(slot) + " started on a foreign disk");
      }
      tell("started");
    } catch (RaftException e) {
      if (diskHasFailed()) {
        simulation.marks().hit(Mark.START_FAILED);
        crash();
        return;
      }
      if (cluster.protocol().isSpoilt(slot)) { // repair is not there yet: it stays down
        simulation.marks().hit(Mark.DAMAGE_REFUSED);
        retire();
        return;
      }
      throw simulation.failure("RECOVERY", cluster.id(slot) + " does not start: " + e.getMessage());
    }
  }

  private void tell(String what) {
    simulation.observer().life(simulation.now(), slot, what);
  }

  /** The node has ended itself. */
  void halted(NodeProcess mine, String reason) {
    tell("halted");
    simulation.marks().hit(Mark.NODE_HALTED);
    if (diskHasFailed() || cluster.protocol().isSpoilt(slot)) { // STORAGE D-e: only a restart helps
      simulation.world(simulation.now(), slot, "ends, halted", () -> endHalted(mine));
    } else {
      throw simulation.failure("NODE_RUNS", cluster.id(slot) + " halted: " + reason);
    }
  }

  /** The process is gone, the machine is not. */
  void crash() {
    if (isUp()) {
      simulation.marks().hitIf(leads(), Mark.LEADER_CRASHED);
      end();
      checks.crashed(disk.failures() > 0);
      disk.processCrash();
      tell("crashed");
    }
  }

  /** The machine loses its power, whether a process runs on it or not. */
  void powerCut(double survival) {
    powerCut(survival, 0);
  }

  /** The same, with neighbours of what was being written spoilt with that probability. */
  void powerCut(double survival, double spoilt) {
    if (isUp()) {
      simulation.marks().hitIf(leads(), Mark.LEADER_LOST_POWER);
      end();
    }
    checks.crashed(true);
    disk.powerCut(survival, spoilt);
    tell("power cut");
  }

  private boolean leads() {
    return cluster.leaderSlot() == slot;
  }

  private void end() {
    if (process != null) {
      endedAt = simulation.now();
      simulation.marks().hitIf(cluster.isCandidate(slot), Mark.CANDIDATE_CRASHED);
      process.life().end();
      cluster.died(slot);
      process.disk().die();
      cluster.network().crashed(process.life());
      cluster.history().abandoned(slot);
    }
  }

  /** A force that was to fail before the healing may end behind it. */
  private void endHalted(NodeProcess mine) {
    endIf(mine);
    if (healed) {
      start();
    }
  }

  private void endIf(NodeProcess mine) {
    if (process == mine) {
      crash();
    }
  }

  /** Closes the node in order; its process ends when that is done. */
  void stop() {
    RaftNode<?, ?> closing = node();
    NodeProcess mine = process;
    if (closing == null || mine == null || stopping) {
      return;
    }
    stopping = true;
    simulation.marks().hitIf(leads(), Mark.LEADER_CLOSED);
    simulation.run(
        () -> {
          CompletableFuture<?> unused =
              closing
                  .closeAsync()
                  .thenRun(
                      () -> simulation.world(simulation.now(), slot, "closed", () -> endIf(mine)));
        });
  }

  /** Whoever stopped it has no more patience. */
  void endStopped() {
    if (stopping) {
      crash();
    }
  }

  /** Kills this process, or the next one in its recovery, around one of its changes to the disk. */
  void arm(int changes, double survival) {
    armedChanges = changes;
    armedSurvival = survival;
    strikeWhenArmed();
  }

  private void strikeWhenArmed() {
    if (armedChanges > 0 && isUp() && process != null) {
      process.disk().arm(armedChanges, this::struck);
      armedChanges = 0;
    }
  }

  private void struck() {
    cluster.diedInCall();
    Marks marks = simulation.marks();
    boolean inRecovery = process == null || process.node() == null;
    marks.hit(inRecovery ? Mark.DIED_IN_RECOVERY : Mark.DIED_IN_CALL);
    marks.hitIf(inRecovery && diedInRecovery, Mark.DIED_IN_SECOND_RECOVERY);
    diedInRecovery = inRecovery;
    if (Double.isNaN(armedSurvival)) {
      crash();
    } else {
      powerCut(armedSurvival);
    }
  }

  void disarm() {
    armedChanges = 0;
    if (process != null) {
      process.disk().disarm();
    }
    start();
  }

  /** Its process gets no turn for so long; its clock goes on. */
  void pause(long nanos) {
    if (isUp() && process != null) {
      pausedUntil = simulation.now() + nanos;
      simulation.marks().hitIf(leads(), Mark.LEADER_PAUSED);
      long term = simulation.marks().newestTerm;
      boolean led = leads();
      process.life().pauseUntil(pausedUntil);
      cluster.history().frozen(slot, nanos);
      cluster.protocol().promises().paused(slot, pausedUntil);
      tell("paused");
      simulation.world(pausedUntil, slot, "resumes", () -> resumed(led, term));
    }
  }

  private void resumed(boolean led, long term) {
    tell("resumed");
    boolean over = led && simulation.marks().newestTerm > term;
    simulation.marks().hitIf(over, Mark.LEADER_PAUSED_PAST_ITS_TERM);
  }

  void stall(long nanos) {
    boolean led = leads();
    long patience = settings.electionTimeoutNanos();
    if (nanos > patience) {
      simulation.marks().hit(led ? Mark.LEADER_STALLED : Mark.FOLLOWER_STALLED);
      simulation.world(
          simulation.now() + nanos,
          slot,
          "stall over",
          () -> simulation.marks().hitIf(led && !leads(), Mark.LEADER_STEPPED_DOWN_STALLED));
    }
    timing.stallUntil(simulation.now() + nanos);
  }

  /** It ends, and is never started again. */
  void retire() {
    retired = true;
    crash();
  }

  boolean isRetired() {
    return retired;
  }

  /**
   * Its disk is an older copy: who has heard its later starts refuses it for ever, and who has not
   * may follow it. Nothing but its operator ends that.
   */
  void hasAnOldCopy() {
    oldCopy = true;
  }

  /** Its machine has another disk. */
  void replaceDisk(SimulatedDisk other, TermRuns log, Ballot vote) {
    disk.replaceWith(other);
    checks.durable().replaced(log, vote);
    cluster.protocol().spoilt(slot);
  }

  /** Its disk says that it is somebody else's. */
  void mustNotStart() {
    foreign = true;
  }

  /** One sector of one copy of a slot reads as something else. */
  void rotBallot(boolean copy, Prng random) {
    SimulatedFile file = disk.named(DIRECTORY.resolve(copy ? "ballot.copy" : "ballot"));
    if (file != null && file.size() > 0) {
      long at = random.nextInt(2) * (long) SimulatedFile.PAGE + random.nextInt(500);
      file.damage(at, new byte[] {(byte) (1 + random.nextInt(255))}, true);
      simulation.marks().hit(Mark.BALLOT_COPY_ROTTEN);
    }
  }

  /** At the end: all that is committed stands on its disk, as a start would read it. */
  void requireWhole() {
    cluster.protocol().requireWhole(slot);
    checks.requireDurableRecovery(DIRECTORY, options);
  }

  /** Ends what the disk's faults left, and starts the process if it is down. */
  void heal() {
    healed = true;
    timing.stallUntil(0);
    disk.failForces(0);
    disk.failWrites(0);
    disk.full(false);
    disk.lacksHandles(false);
    clock.rate(0, simulation.now());
    endStopped();
    disarm();
    if (oldCopy) {
      retire();
    }
  }
}
