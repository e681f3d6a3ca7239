package io.bowline.raft.testkit;

import org.jspecify.annotations.Nullable;

/** Kills a machine's process around one of its next changes to the disk, in its recovery too. */
final class ArmedDeath {
  private final Cluster cluster;
  private final SimulatedNode machine;
  private @Nullable NodeProcess process;
  private int changes;
  private double survival;
  private boolean diedInRecovery;

  ArmedDeath(Cluster cluster, SimulatedNode machine) {
    this.cluster = cluster;
    this.machine = machine;
  }

  /**
   * Kills this process, or the next one in its recovery.
   *
   * @param changesLeft how many it may still do
   * @param survives each unsynced sector, with that probability, if the power goes too; otherwise
   *     {@link Double#NaN}
   */
  void arm(int changesLeft, double survives) {
    changes = changesLeft;
    survival = survives;
    strike();
  }

  /** A process starts. */
  void started(NodeProcess fresh) {
    process = fresh;
    strike();
  }

  private void strike() {
    NodeProcess living = process;
    if (changes > 0 && living != null && !living.life().isDead()) {
      living.disk().arm(changes, this::struck);
      changes = 0;
    }
  }

  private void struck() {
    cluster.diedInCall();
    Marks marks = cluster.simulation().marks();
    boolean inRecovery = process == null || process.node() == null;
    marks.hit(inRecovery ? Mark.DIED_IN_RECOVERY : Mark.DIED_IN_CALL);
    marks.hitIf(inRecovery && diedInRecovery, Mark.DIED_IN_SECOND_RECOVERY);
    diedInRecovery = inRecovery;
    if (Double.isNaN(survival)) {
      machine.crash();
    } else {
      machine.powerCut(survival);
    }
  }

  /** Lets it live. */
  void disarm() {
    changes = 0;
    if (process != null) {
      process.disk().disarm();
    }
  }
}
