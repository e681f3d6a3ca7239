package io.bowline.raft.testkit;

import io.bowline.raft.RaftException;
import io.bowline.raft.RaftNode;
import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.Membership;
import io.bowline.raft.storage.StorageOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One machine with a disk and a clock, and the node that runs on it, life after life. */
final class SimulatedNode {
  static final Path DIRECTORY = Path.of("/data/group");

  /** Of the second group of its host, in runs that have one. */
  static final Path NEIGHBOUR = Path.of("/data/neighbour");

  private final Cluster cluster;
  private final Simulation simulation;
  private final int slot;
  private final NodeSettings settings;
  private final Membership initial;
  private final Prng random;
  private final Standstill standstill;
  private final SimulatedDisk disk;
  private final SimulatedClock clock;
  private final StorageChecks checks;
  private final StorageOptions options;
  private final ForeignCode foreignCode;
  private final ArmedDeath armed;
  private @Nullable NodeProcess process;
  private @Nullable NodeEnding ending;
  private int lives;
  private boolean startsAgain;
  private long notBefore;
  private long failuresBefore;
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
    DiskTiming timing = new DiskTiming(random.split("timing"), settings.forceNanos());
    this.standstill = new Standstill(cluster, this, timing);
    this.disk = new SimulatedDisk(random.split("disk"), simulation.forces(slot, timing));
    disk.keepWholePages(settings.wholePages());
    disk.writeUnit(random.split("unit").nextBoolean() ? SimulatedFile.PAGE : 1);
    this.clock =
        new SimulatedClock(
            random.split("clock").nextLong(1L << 50), settings.clockPartsPerMillion());
    this.options = new StorageOptions(settings.segmentBytes(), settings.blockAlignment());
    this.armed = new ArmedDeath(cluster, this);
    this.foreignCode = new ForeignCode(simulation);
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

  /** The code on it that is not the library's. */
  ForeignCode foreign() {
    return foreignCode;
  }

  StorageOptions options() {
    return options;
  }

  /** The life that runs, if one does. */
  @Nullable Life life() {
    return isUp() && process != null ? process.life() : null;
  }

  /** The node as it runs now, for tests that ask it themselves. */
  @Nullable RaftNode<?, ?> node() {
    return isUp() && process != null ? process.node() : null;
  }

  /** The last index that its state machine has applied in this life; 0 if it is down. */
  long lastApplied() {
    return isUp() && process != null ? process.lastApplied() : 0;
  }

  /** The same of the group beside it. */
  long neighbourApplied() {
    return isUp() && process != null ? process.neighbourApplied() : 0;
  }

  /** Starts a process unless one runs. */
  void start() {
    startsAgain = ending != null;
    if (isUp() || retired) {
      return;
    }
    if (lives == 0 && simulation.now() < notBefore) {
      simulation.marks().hit(Mark.STARTED_LATE);
      simulation.world(notBefore, slot, "starts late", this::start);
      return;
    }
    standstill.started();
    NodeProcess fresh = new NodeProcess(cluster, this, new Life(slot, ++lives), disk.mount());
    process = fresh;
    ending = null;
    startsAgain = false;
    foreignCode.started();
    failuresBefore = disk.failures();
    startedAt = simulation.now();
    boolean soon = simulation.now() - endedAt < 100_000_000L;
    simulation.marks().hitIf(lives > 1 && soon, Mark.STARTED_WITHIN_100_MS);
    armed.started(fresh);
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

  /** Tells who looks on. */
  void tell(String what) {
    simulation.observer().life(simulation.now(), slot, what);
  }

  /** A node of that life has ended itself. */
  void halted(Life mine, String reason) {
    tell("halted");
    simulation.marks().hit(Mark.NODE_HALTED);
    boolean byDisk = diskHasFailed() || cluster.protocol().isSpoilt(slot);
    boolean byForeignCode = !byDisk && foreignCode.mayEndTheNode() != null;
    simulation.marks().hitIf(byForeignCode, Mark.HALTED_BY_FOREIGN_CODE);
    if (byForeignCode && !reason.contains(Thrown.TEXT)) {
      throw simulation.failure(
          "HALT_SAYS_WHY", cluster.id(slot) + " halted, and not for what was thrown: " + reason);
    }
    if (byDisk || byForeignCode) { // STORAGE D-e: only a restart helps
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

  /** Whether it leads, as far as the wire shows. */
  boolean leads() {
    return cluster.leaderSlot() == slot;
  }

  private void end() {
    if (process != null) {
      endedAt = simulation.now();
      simulation.marks().hitIf(cluster.isCandidate(slot), Mark.CANDIDATE_CRASHED);
      process.life().end();
      cluster.deaths().died(slot);
      process.disk().die();
      cluster.network().crashed(process.life());
      cluster.abandoned(slot);
    }
  }

  /** Whoever embeds it closes it then. */
  private void endHalted(Life mine) {
    NodeProcess halted = process;
    if (halted != null && halted.life() == mine && !mine.isDead()) {
      endInOrder(halted);
    }
  }

  /** Closes the node in order; its process ends when that is done. */
  void stop() {
    NodeProcess mine = process;
    if (node() == null || mine == null || ending != null) {
      return;
    }
    simulation.marks().hitIf(leads(), Mark.LEADER_CLOSED);
    endInOrder(mine);
  }

  private void endInOrder(NodeProcess mine) {
    if (ending == null) {
      NodeEnding begun = new NodeEnding(simulation, this, mine, this::endedInOrder);
      ending = begun;
      begun.begin();
    }
  }

  private void endedInOrder() {
    boolean again = startsAgain || healed;
    crash();
    if (again) {
      start();
    }
  }

  /** Whoever stopped it has no more patience. */
  void endStopped() {
    if (ending != null) {
      crash();
    }
  }

  /** What kills this process, or the next one, around one of its changes to the disk. */
  ArmedDeath armed() {
    return armed;
  }

  /** For how long its process and its disk stand still. */
  Standstill standstill() {
    return standstill;
  }

  /** Stages, timers and clock of the process that runs, if one does. */
  @Nullable SimulatedEnvironment environment() {
    return isUp() && process != null ? process.environment() : null;
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

  /** Its first start comes at that time, or later. */
  void startsNotBefore(long time) {
    notBefore = time;
  }

  /** Its machine has an empty disk, and nobody has lost anything. */
  void emptyDisk() {
    disk.replaceWith(new SimulatedDisk(new Prng(0), SimulatedDisk.FORCE_AT_ONCE));
    checks.durable().replaced(new TermRuns(), Ballot.NONE);
    cluster.wire().forget(slot);
  }

  /** Its machine has another disk. */
  void replaceDisk(SimulatedDisk other, TermRuns log, Ballot vote) {
    disk.replaceWith(other);
    checks.durable().replaced(log, vote);
    cluster.protocol().replaced(slot);
    cluster.protocol().spoilt(slot);
  }

  /** Its disk says that it is somebody else's. */
  void mustNotStart() {
    foreign = true;
  }

  /** At the end: all that is committed stands on its disk, as a start would read it. */
  void requireWhole() {
    cluster.protocol().requireWhole(slot);
    checks.requireDurableRecovery(DIRECTORY, options);
  }

  /** Ends what the disk's faults left, and starts the process if it is down. */
  void heal() {
    healed = true;
    notBefore = 0;
    standstill.end();
    disk.failForces(0);
    disk.failWrites(0);
    disk.full(false);
    disk.lacksHandles(false);
    clock.rate(0, simulation.now());
    foreignCode.behaves();
    SimulatedEnvironment world = environment();
    if (world != null) {
      world.release();
    }
    endStopped();
    armed.disarm();
    start();
    if (oldCopy) {
      retire();
    }
  }
}
