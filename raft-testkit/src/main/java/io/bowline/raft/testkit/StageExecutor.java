package io.bowline.raft.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * One named executor of one process: a queue whose turns are events, one task each. Tasks of one
 * executor begin in order; which executor is next among those with something to do is decided by
 * the queue's random tie and a drawn delay, and so by the seed. A task whose foreign code does not
 * come back holds one of the executor's threads.
 */
final class StageExecutor extends Event implements Executor {
  private final Simulation simulation;
  private final int stage;
  private final int threads;
  private final long meanDelay;
  private final long workNanos;
  private final Prng random;
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final List<Standing> standing = new ArrayList<>();
  private boolean queued;
  private long nextStands;
  private long eachStands;

  /**
   * One stage of that process.
   *
   * @param threads how many tasks may stand in foreign code before the others wait
   * @param meanDelay by which a turn is late in the mean, when it is, in ns
   * @param workNanos what a turn takes in the mean: what it does is seen when it is over
   */
  StageExecutor(
      Simulation simulation,
      Life life,
      int stage,
      int threads,
      long meanDelay,
      long workNanos,
      Prng random) {
    super(Kind.TURN, life);
    this.simulation = simulation;
    this.stage = stage;
    this.threads = threads;
    this.meanDelay = meanDelay;
    this.workNanos = workNanos;
    this.random = random;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    goOn();
  }

  /** How many tasks wait, or stand in foreign code. */
  int waiting() {
    return tasks.size() + standing.size();
  }

  /** Whether a task stands in foreign code, or one will. */
  boolean stands() {
    return !standing.isEmpty() || nextStands > 0 || eachStands > 0;
  }

  /** The next task takes so much longer; what it does is seen when it is over. */
  void nextStands(long nanos) {
    nextStands = nanos;
  }

  /** Each task takes so much longer; 0 for none. */
  void eachStands(long nanos) {
    eachStands = nanos;
  }

  /** Foreign code comes back, and is as fast as it was. */
  void release() {
    nextStands = 0;
    eachStands = 0;
    for (Standing one : List.copyOf(standing)) {
      standing.remove(one);
      one.cancel();
      stand(one.task, 0);
    }
  }

  private void goOn() {
    if (!queued && !tasks.isEmpty() && standing.size() < threads) {
      queued = true;
      enqueueTurn();
    }
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
    if (standing.size() >= threads) {
      return; // it goes on when one of them is back
    }
    Runnable task = tasks.remove();
    long stands = Math.max(nextStands, eachStands);
    nextStands = 0;
    if (stands > 0) {
      stand(task, stands);
    } else {
      simulation.runOn(this, task);
    }
    if (!isCancelled()) {
      goOn();
    }
  }

  private void stand(Runnable task, long nanos) {
    Standing one = new Standing(task);
    standing.add(one);
    simulation.at(simulation.now() + nanos, one);
  }

  @Override
  long fingerprint() {
    return ((long) stage << 32) | tasks.size();
  }

  @Override
  String describe() {
    return "stage " + stage + ", " + tasks.size() + " tasks";
  }

  /** A task that foreign code keeps from coming back. */
  private final class Standing extends Event {
    private final Runnable task;

    Standing(Runnable task) {
      super(Kind.TURN, ownLife());
      this.task = task;
    }

    @Override
    void happen() {
      standing.remove(this);
      simulation.runOn(StageExecutor.this, task);
      if (!StageExecutor.this.isCancelled()) {
        goOn();
      }
    }

    @Override
    String describe() {
      return "stage " + stage + ", a task comes back";
    }
  }

  private Life ownLife() {
    Life life = life();
    if (life == null) {
      throw new AssertionError("a stage belongs to a process");
    }
    return life;
  }
}
