package io.bowline.raft.client;

import java.security.SecureRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The real world for clients: the machine's clock, a thread for timers, two for work and more only
 * while callbacks block those, all daemons and none started before it is needed. May be shared by
 * many clients.
 */
public final class ThreadClientEnvironment implements ClientEnvironment, AutoCloseable {
  private static final int WORKERS = 2;
  private static final int MOST_WORKERS = 16; // of a client that blocks in callbacks
  private static final long IDLE_SECONDS = 10;

  private final ScheduledThreadPoolExecutor timers;
  private final ThreadPoolExecutor workers;
  private final RandomGenerator random = new SecureRandom();

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
            MOST_WORKERS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new Waiting(),
            daemons(name),
            ThreadClientEnvironment::enqueue);
    workers.allowCoreThreadTimeOut(true);
  }

  /** Behind all workers, each of which is at work. */
  private static void enqueue(Runnable task, ThreadPoolExecutor pool) {
    if (pool.isShutdown()) {
      throw new RejectedExecutionException("the client's environment is closed");
    }
    pool.getQueue().add(task);
    if (pool.isShutdown() && pool.remove(task)) {
      throw new RejectedExecutionException("the client's environment is closed");
    }
  }

  /** Takes a task only where a worker waits for one; else the pool adds a worker, if it may. */
  private static final class Waiting extends LinkedTransferQueue<Runnable> {
    private static final long serialVersionUID = 1;

    @Override
    public boolean offer(Runnable task) {
      return tryTransfer(task);
    }

    @Override
    public boolean add(Runnable task) {
      put(task);
      return true;
    }
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
