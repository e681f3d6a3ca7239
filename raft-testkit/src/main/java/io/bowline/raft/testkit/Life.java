package io.bowline.raft.testkit;

/**
 * One life of a process, from its start to its crash. What a dead one still has in queues is
 * dropped; what a paused one has waits.
 */
final class Life {
  private final int slot;
  private final int number;
  private boolean dead;
  private long pausedUntil;

  Life(int slot, int number) {
    this.slot = slot;
    this.number = number;
  }

  /** Place of the machine in the simulation: nodes first, clients behind them. */
  int slot() {
    return slot;
  }

  /** Counts the lives of this machine, from 1. */
  int number() {
    return number;
  }

  boolean isDead() {
    return dead;
  }

  void end() {
    dead = true;
  }

  long pausedUntil() {
    return pausedUntil;
  }

  void pauseUntil(long time) {
    pausedUntil = Math.max(pausedUntil, time);
  }

  void wake() {
    pausedUntil = 0;
  }
}
