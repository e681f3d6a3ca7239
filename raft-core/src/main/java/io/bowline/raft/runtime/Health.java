package io.bowline.raft.runtime;

import org.jspecify.annotations.Nullable;

/**
 * Whether a node serves its group, from what it does and not from one flag: each trouble has a
 * bound after which it shows, see docs/operations/health.md. Facts and the time go in, the verdict
 * comes out. Raft stage only.
 */
final class Health {
  /** Why a node does not serve; in the order in which they are told. */
  enum Trouble {
    ENDED("it was closed or has halted"),
    NO_LEADER("it knows no leader"),
    CONTRADICTED("a leader would overwrite what is committed here"),
    DISK_FULL("there is no room on its disk for another segment"),
    DISK_STALLED("a write to its log has not come back for an election timeout"),
    APPLY_STUCK("its state machine has not moved for an election timeout, and work waits for it"),
    BEHIND("it has not yet applied what was committed when it started");

    private final String meaning;

    Trouble(String meaning) {
      this.meaning = meaning;
    }

    String meaning() {
      return meaning;
    }
  }

  /** Work that waits, and the last sign that it moves. */
  private static final class Moves {
    private boolean waits;
    private long mark;
    private long sinceNanos;

    void seen(boolean waitsNow, long markNow, long nowNanos) {
      if (waitsNow && (!waits || markNow != mark)) {
        sinceNanos = nowNanos;
        mark = markNow;
      }
      waits = waitsNow;
    }

    boolean isStuck(long nowNanos, long patienceNanos) {
      return waits && nowNanos - sinceNanos >= patienceNanos;
    }
  }

  private final long patienceNanos;
  private final Moves apply = new Moves();
  private final Moves disk = new Moves();
  private boolean ended;
  private boolean knowsLeader;
  private boolean contradicted;
  private boolean full;
  private boolean goalIsSet;
  private long goal;
  private long lastApplied;

  /** {@code patienceNanos} is an election timeout. */
  Health(long patienceNanos) {
    this.patienceNanos = patienceNanos;
  }

  /** It was closed or has halted. */
  void ended() {
    ended = true;
  }

  /** Who leads is known, this node or another; or not. */
  void leader(boolean known) {
    knowsLeader = known;
  }

  /** A leader's message would break what is known here, or that is over (STORAGE P4). */
  void contradicted(boolean now) {
    contradicted = now;
  }

  /** There is room on the disk, or none. */
  void room(boolean available) {
    full = !available;
  }

  /** A write is under way or not; each has another number. */
  void writes(boolean underWay, long number, long nowNanos) {
    disk.seen(underWay, number, nowNanos);
  }

  /** So far it has applied, so far it could have, and whether anything waits for that stage. */
  void applies(long applied, long applicable, boolean workWaits, long nowNanos) {
    lastApplied = applied;
    apply.seen(workWaits, applied, nowNanos);
    if (!goalIsSet && knowsLeader && applicable > 0) { // the first that is learnt since the start
      goalIsSet = true;
      goal = applicable;
    }
  }

  /** Why it does not serve; null while it does. */
  @Nullable Trouble trouble(long nowNanos) {
    if (ended) {
      return Trouble.ENDED;
    }
    if (!knowsLeader) {
      return Trouble.NO_LEADER;
    }
    if (contradicted) {
      return Trouble.CONTRADICTED;
    }
    if (full) {
      return Trouble.DISK_FULL;
    }
    if (disk.isStuck(nowNanos, patienceNanos)) {
      return Trouble.DISK_STALLED;
    }
    if (apply.isStuck(nowNanos, patienceNanos)) {
      return Trouble.APPLY_STUCK;
    }
    return goalIsSet && lastApplied >= goal ? null : Trouble.BEHIND;
  }

  /** When the verdict may change although nothing is told. */
  long nextLookNanos(long nowNanos) {
    return Math.min(next(disk, nowNanos), next(apply, nowNanos));
  }

  private long next(Moves moves, long nowNanos) {
    boolean canTurn = moves.waits && !moves.isStuck(nowNanos, patienceNanos);
    return canTurn ? moves.sinceNanos + patienceNanos : Alarm.NEVER;
  }
}
