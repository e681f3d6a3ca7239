package io.bowline.raft.testkit;

import io.bowline.raft.client.ClientEnvironment;
import io.bowline.raft.runtime.NodeEnvironment;
import io.bowline.raft.storage.Disk;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * The world of one process in one of its lives: a clock that drifts, timers that fire late, and a
 * queue for each stage.
 */
final class SimulatedEnvironment implements NodeEnvironment {
  private final Simulation simulation;
  private final Life life;
  private final SimulatedClock clock;
  private final Disk disk;
  private final Prng random;
  private final Prng lateness;
  private final boolean lends;
  private int timers;
  private final Map<Stage, StageExecutor> stages = new EnumMap<>(Stage.class);

  SimulatedEnvironment(
      Simulation simulation,
      Life life,
      SimulatedClock clock,
      Disk disk,
      Prng random,
      long stageDelay,
      long applyNanos) {
    this.simulation = simulation;
    this.life = life;
    this.clock = clock;
    this.disk = disk;
    this.random = random;
    this.lateness = random.split("lateness");
    this.lends = random.split("lending").nextBoolean();
    int number = 0;
    for (Stage stage : Stage.values()) {
      Prng own = random.split("stage " + number);
      long work = stage == Stage.APPLY ? applyNanos : 0;
      stages.put(stage, new StageExecutor(simulation, life, number++, stageDelay, work, own));
    }
  }

  @Override
  public long nanoTime() {
    return clock.read(simulation.now());
  }

  @Override
  public Runnable schedule(long deadlineNanos, Runnable task) {
    long time = clock.trueTimeOf(deadlineNanos, simulation.now());
    // no operating system wakes a thread on the nanosecond
    Timer timer = new Timer(deadlineNanos, task);
    timers++;
    simulation.at(time + lateness.exponential(50_000), timer);
    return timer::end;
  }

  /** How many timers have neither fired nor been cancelled. */
  int timers() {
    return timers;
  }

  /** How many tasks wait for the stage for which most do. */
  int waiting() {
    int most = 0;
    for (StageExecutor stage : stages.values()) {
      most = Math.max(most, stage.waiting());
    }
    return most;
  }

  @Override
  public Executor executor(Stage stage) {
    StageExecutor executor = stages.get(stage);
    if (executor == null) {
      throw new AssertionError("no executor for " + stage);
    }
    return executor;
  }

  @Override
  public boolean lendsThreads() {
    return lends;
  }

  @Override
  public Disk disk() {
    return disk;
  }

  @Override
  public RandomGenerator random(String purpose) {
    return random.split("for " + purpose);
  }

  /** The same world for a client, which has no disk and one executor. */
  ClientEnvironment forClient() {
    Prng jitter = random.split("client");
    return new ClientEnvironment() {
      @Override
      public long nanoTime() {
        return SimulatedEnvironment.this.nanoTime();
      }

      @Override
      public Runnable schedule(long deadlineNanos, Runnable task) {
        Executor executor = executor();
        return SimulatedEnvironment.this.schedule(deadlineNanos, () -> executor.execute(task));
      }

      @Override
      public Executor executor() {
        return SimulatedEnvironment.this.executor(Stage.CALLBACK);
      }

      @Override
      public RandomGenerator random() {
        return jitter;
      }
    };
  }

  private final class Timer extends Event {
    private final long deadline;
    private final Runnable task;
    private boolean ended;

    Timer(long deadline, Runnable task) {
      super(Kind.TIMER, life);
      this.deadline = deadline;
      this.task = task;
    }

    /** It has fired, or never will. */
    void end() {
      timers -= ended ? 0 : 1;
      ended = true;
      cancel();
    }

    @Override
    void happen() {
      if (nanoTime() - deadline < 0) { // the clock was slowed down or stood still meanwhile
        simulation.at(clock.trueTimeOf(deadline, simulation.now()), this);
        return;
      }
      end();
      simulation.run(task);
    }
  }
}
