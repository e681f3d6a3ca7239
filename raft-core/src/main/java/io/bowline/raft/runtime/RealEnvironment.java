package io.bowline.raft.runtime;

import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.FileDisk;
import java.security.SecureRandom;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The world as it is: threads, the monotonic clock, files. */
public final class RealEnvironment implements NodeEnvironment, AutoCloseable {
  private static final int RAFT_THREADS = 8;
  private static final int LOG_THREADS = 8;
  private static final int APPLY_THREADS = 8;
  private static final int SNAPSHOT_THREADS = 4;
  private static final int CALLBACK_THREADS = 8;
  private static final int SPARE_CALLBACK_THREADS = 256;
  private static final long SPARE_SECONDS = 5;

  private final Map<Stage, StageExecutor> own = new EnumMap<>(Stage.class);
  private final @Nullable Executor callbacks;
  private final Disk disk;
  private final ThreadPoolExecutor spare;
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
    own.put(Stage.SNAPSHOT, new StageExecutor(name + "-snapshot", SNAPSHOT_THREADS));
    own.put(Stage.CALLBACK, new StageExecutor(name + "-callback", CALLBACK_THREADS));
    spare =
        new ThreadPoolExecutor(
            0,
            SPARE_CALLBACK_THREADS,
            SPARE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            daemons(name + "-spare-callback"));
    timers = new ScheduledThreadPoolExecutor(1, daemons(name + "-timer"));
    timers.setRemoveOnCancelPolicy(true);
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
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
    try {
      ScheduledFuture<?> scheduled = timers.schedule(task, delay, TimeUnit.NANOSECONDS);
      return () -> scheduled.cancel(false);
    } catch (RejectedExecutionException e) { // closed meanwhile
      return () -> {};
    }
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

  /** They never refuse before so many callbacks of this host wait at once that memory is short. */
  @Override
  public Executor spareCallbacks() {
    return spare;
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
    SecureRandom secret = new SecureRandom();
    return purpose.equals("session keys") ? secret : new SplittableRandom(secret.nextLong());
  }

  /** Ends the threads when what waits is done. */
  @Override
  public void close() {
    timers.shutdownNow();
    own.values().forEach(StageExecutor::close);
  }
}
