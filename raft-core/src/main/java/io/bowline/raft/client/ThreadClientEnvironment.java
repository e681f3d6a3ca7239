package io.bowline.raft.client;

import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The real world for clients: the machine's clock, a thread for timers, two for work, all daemons
 * and none started before it is needed. May be shared by many clients.
 */
public final class ThreadClientEnvironment implements ClientEnvironment, AutoCloseable {
  private static final int WORKERS = 2; // callbacks take one at most, so timers have one
  private static final long IDLE_SECONDS = 10;

  private final ScheduledThreadPoolExecutor timers;
  private final ThreadPoolExecutor workers;
  private final RandomGenerator random = new Random();

  /**
   * Makes an environment of its own threads.
   *
   * @param name what the threads' names begin with
   */
  public ThreadClientEnvironment(String name) {
    timers =
        new ScheduledThreadPoolExecutor(
            1, daemons(name + "-timer"), new ThreadPoolExecutor.DiscardPolicy());
    timers.setRemoveOnCancelPolicy(true);
    timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    workers =
        new ThreadPoolExecutor(
            WORKERS,
            WORKERS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            daemons(name));
    workers.allowCoreThreadTimeOut(true);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Runnable schedule(long deadlineNanos, Runnable task) {
    ScheduledFuture<?> timer =
        timers.schedule(
            () -> workers.execute(task), deadlineNanos - nanoTime(), TimeUnit.NANOSECONDS);
    return () -> timer.cancel(false);
  }

  @Override
  public Executor executor() {
    return workers;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  /** Ends the threads once what was handed to them is done; timers not due are dropped. */
  @Override
  public void close() {
    timers.shutdown();
    workers.shutdown();
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
