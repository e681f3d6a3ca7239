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
  private final Executor callbacks;
  private final StageExecutor spare;
  private int timers;
  private final Map<Stage, StageExecutor> stages = new EnumMap<>(Stage.class);

  /** One whose callbacks all behave, and each of whose stages is one thread. */
  SimulatedEnvironment(
      Simulation simulation,
      Life life,
      SimulatedClock clock,
      Disk disk,
      Prng random,
      long stageDelay,
      long applyNanos) {
    this(
        simulation,
        life,
        clock,
        disk,
        random,
        stageDelay,
        applyNanos,
        1,
        new ForeignCode(simulation));
  }

  /**
   * The world of that life.
   *
   * @param threads of each stage
   * @param foreign whose executor of callbacks it has
   */
  SimulatedEnvironment(
      Simulation simulation,
      Life life,
      SimulatedClock clock,
      Disk disk,
      Prng random,
      long stageDelay,
      long applyNanos,
      int threads,
      ForeignCode foreign) {
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
      stages.put(
          stage, new StageExecutor(simulation, life, number++, threads, stageDelay, work, own));
    }
    Prng late = random.split("spare callbacks");
    this.spare = new StageExecutor(simulation, life, number, threads, stageDelay, 0, late);
    StageExecutor calling = stage(Stage.CALLBACK);
    this.callbacks =
        task -> {
          foreign.executes();
          calling.execute(task);
        };
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

  /** How many tasks wait, in all stages. */
  int tasks() {
    int all = spare.waiting();
    for (StageExecutor stage : stages.values()) {
      all += stage.waiting();
    }
    return all;
  }

  /** Foreign code comes back. */
  void release() {
    stages.values().forEach(StageExecutor::release);
  }

  /** Whether some task stands in foreign code. */
  boolean stands() {
    return stage(Stage.APPLY).stands() || stage(Stage.CALLBACK).stands();
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
    return stage == Stage.CALLBACK ? callbacks : stage(stage);
  }

  /** What runs callbacks while those of the stage wait for one another, or are refused. */
  @Override
  public Executor spareCallbacks() {
    return spare;
  }

  /** What runs a stage, for who lets it stand. */
  StageExecutor stage(Stage stage) {
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
