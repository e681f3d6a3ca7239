package io.bowline.raft.testkit;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/**
 * One named executor of one process: a queue whose turns are events, one task each. Tasks of one
 * executor run in order; which executor is next among those with something to do is decided by the
 * queue's random tie and a drawn delay, and so by the seed.
 */
final class StageExecutor extends Event implements Executor {
  private final Simulation simulation;
  private final int stage;
  private final long meanDelay;
  private final long workNanos;
  private final Prng random;
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private boolean queued;

  /**
   * One stage of that process.
   *
   * @param meanDelay by which a turn is late in the mean, when it is, in ns
   * @param workNanos what a turn takes in the mean: what it does is seen when it is over
   */
  StageExecutor(
      Simulation simulation, Life life, int stage, long meanDelay, long workNanos, Prng random) {
    super(Kind.TURN, life);
    this.simulation = simulation;
    this.stage = stage;
    this.meanDelay = meanDelay;
    this.workNanos = workNanos;
    this.random = random;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (!queued) {
      queued = true;
      enqueueTurn();
    }
  }

  /** How many tasks wait. */
  int waiting() {
    return tasks.size();
  }

  private void enqueueTurn() {
    // mostly at once: most of the interleavings come from the random ties of one instant
    long delay = meanDelay > 0 && random.nextInt(4) == 0 ? random.exponential(meanDelay) : 0;
    long work = workNanos > 0 ? random.nextLong(2 * workNanos) : 0;
    simulation.at(simulation.now() + delay + work, this);
  }

  @Override
  void happen() {
    queued = false;
    Runnable task = tasks.remove();
    simulation.runOn(this, task);
    if (!tasks.isEmpty() && !queued && !isCancelled()) {
      queued = true;
      enqueueTurn();
    }
  }

  @Override
  long fingerprint() {
    return ((long) stage << 32) | tasks.size();
  }

  @Override
  String describe() {
    return "stage " + stage + ", " + tasks.size() + " tasks";
  }
}
