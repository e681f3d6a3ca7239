package io.bowline.raft.runtime;

import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.FileDisk;
import java.security.SecureRandom;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The world as it is: threads, the monotonic clock, files. */
public final class RealEnvironment implements NodeEnvironment, AutoCloseable {
  private static final int RAFT_THREADS = 2;
  private static final int LOG_THREADS = 4;
  private static final int APPLY_THREADS = 4;

  private final Map<Stage, StageExecutor> own = new EnumMap<>(Stage.class);
  private final @Nullable Executor callbacks;
  private final Disk disk;
  private final ScheduledThreadPoolExecutor timers;

  /** Callbacks run on {@code callbacks}, or on a thread of this environment if it is null. */
  public RealEnvironment(String name, @Nullable Executor callbacks) {
    this(name, callbacks, new FileDisk());
  }

  /** The same over another disk. */
  public RealEnvironment(String name, @Nullable Executor callbacks, Disk disk) {
    this.callbacks = callbacks;
    this.disk = disk;
    own.put(Stage.RAFT, new StageExecutor(name + "-raft", RAFT_THREADS));
    own.put(Stage.LOG, new StageExecutor(name + "-log", LOG_THREADS));
    own.put(Stage.APPLY, new StageExecutor(name + "-apply", APPLY_THREADS));
    own.put(Stage.SNAPSHOT, new StageExecutor(name + "-snapshot", 1));
    own.put(Stage.CALLBACK, new StageExecutor(name + "-callback", 1));
    timers =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, name + "-timer");
              thread.setDaemon(true);
              return thread;
            });
    timers.setRemoveOnCancelPolicy(true);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Runnable schedule(long deadlineNanos, Runnable task) {
    long delay = Math.max(0, deadlineNanos - System.nanoTime());
    if (timers.isShutdown()) {
      return () -> {};
    }
    ScheduledFuture<?> scheduled = timers.schedule(task, delay, TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  @Override
  public Executor executor(Stage stage) {
    if (stage == Stage.CALLBACK && callbacks != null) {
      return callbacks;
    }
    StageExecutor executor = own.get(stage);
    if (executor == null) {
      throw new IllegalArgumentException("no executor for stage " + stage);
    }
    return executor;
  }

  @Override
  public boolean lendsThreads() {
    return true;
  }

  @Override
  public Disk disk() {
    return disk;
  }

  @Override
  public RandomGenerator random(String purpose) {
    return new SplittableRandom(new SecureRandom().nextLong());
  }

  /** Ends the threads when what waits is done. */
  @Override
  public void close() {
    timers.shutdownNow();
    own.values().forEach(StageExecutor::close);
  }
}
