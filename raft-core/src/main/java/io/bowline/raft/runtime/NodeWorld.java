package io.bowline.raft.runtime;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.storage.Disk;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * The environment as one node has it: an executor that refuses is asked again, callbacks run by
 * {@link Callbacks}, background work that throws harms nobody else, and what is under way can be
 * counted when the node has ended.
 */
public final class NodeWorld implements NodeEnvironment {
  private static final long ASKED_AGAIN_NANOS = 10_000_000L;

  private final NodeEnvironment environment;
  private final Foreign foreign;
  private final Callbacks callbacks;
  private final Map<Stage, Executor> executors = new EnumMap<>(Stage.class);
  private final AtomicInteger timers = new AtomicInteger();
  private final AtomicInteger background = new AtomicInteger();

  /** For one node in that environment. */
  public NodeWorld(NodeEnvironment environment, GroupId group, NodeId node) {
    this.environment = environment;
    this.foreign = new Foreign(environment, group, node);
    this.callbacks = new Callbacks(this, environment.executor(Stage.CALLBACK), foreign);
    for (Stage stage : Stage.values()) {
      executors.put(stage, new Stubborn(environment.executor(stage), "the executor of " + stage));
    }
    executors.put(Stage.CALLBACK, callbacks);
    executors.put(Stage.SNAPSHOT, new Background(environment.executor(Stage.SNAPSHOT)));
  }

  /** The rule for every call into code that is not ours. */
  public Foreign foreign() {
    return foreign;
  }

  /** A task that is refused once would leave its stage asleep for ever. */
  private final class Stubborn implements Executor {
    private final Executor asked;
    private final String name;

    Stubborn(Executor asked, String name) {
      this.asked = asked;
      this.name = name;
    }

    @Override
    public void execute(Runnable task) {
      boolean interrupted = Thread.currentThread().isInterrupted();
      try {
        asked.execute(task);
        Foreign.clean(interrupted);
      } catch (Throwable e) {
        Foreign.clean(interrupted);
        foreign.tell(name + " refuses: it is asked again every 10 ms", e);
        schedule(nanoTime() + ASKED_AGAIN_NANOS, () -> execute(task));
      }
    }
  }

  /** Of what throws nobody waits for an answer: it is told here, or it ends the node. */
  private final class Background implements Executor {
    private final Executor asked;

    Background(Executor asked) {
      this.asked = asked;
    }

    @Override
    public void execute(Runnable task) {
      background.incrementAndGet();
      boolean taken = false;
      try {
        asked.execute(
            () -> {
              try {
                foreign.call("background work", task);
              } finally {
                background.decrementAndGet();
              }
            });
        taken = true;
      } finally {
        if (!taken) {
          background.decrementAndGet();
        }
      }
    }
  }

  @Override
  public long nanoTime() {
    return environment.nanoTime();
  }

  @Override
  public Runnable schedule(long deadlineNanos, Runnable task) {
    Timer timer = new Timer(task);
    timers.incrementAndGet();
    boolean set = false;
    try {
      timer.cancel = environment.schedule(deadlineNanos, timer);
      set = true;
    } finally {
      if (!set) {
        timer.end();
      }
    }
    return timer::cancel;
  }

  /** Fires once or is cancelled once. */
  private final class Timer implements Runnable {
    private final Runnable task;
    private final AtomicInteger ended = new AtomicInteger();
    private volatile Runnable cancel = () -> {};

    Timer(Runnable task) {
      this.task = task;
    }

    boolean end() {
      if (ended.getAndSet(1) != 0) {
        return false;
      }
      timers.decrementAndGet();
      return true;
    }

    @Override
    public void run() {
      if (end()) {
        foreign.call("a timer", task);
      }
    }

    void cancel() {
      if (end()) {
        cancel.run();
      }
    }
  }

  /** How many timers, callbacks and background tasks are under way. */
  int underWay() {
    return timers.get() + background.get() + (callbacks.isStill() ? 0 : 1);
  }

  /** What is under way, for a test that waits in vain. */
  @Override
  public String toString() {
    return timers
        + " timers, "
        + background
        + " background tasks, callbacks "
        + callbacks.isStill();
  }

  @Override
  public Executor executor(Stage stage) {
    Executor executor = executors.get(stage);
    if (executor == null) {
      throw new IllegalArgumentException("no executor for stage " + stage);
    }
    return executor;
  }

  @Override
  public Executor spareCallbacks() {
    return environment.spareCallbacks();
  }

  @Override
  public boolean lendsThreads() {
    return environment.lendsThreads();
  }

  @Override
  public Disk disk() {
    return environment.disk();
  }

  @Override
  public RandomGenerator random(String purpose) {
    return environment.random(purpose);
  }
}
