package io.bowline.raft.grpc;

import io.bowline.raft.logging.GuardedLog;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs short tasks later, on a thread of its own. */
final class Timer implements AutoCloseable {
  private static final GuardedLog log = GuardedLog.of(Timer.class);

  private final ScheduledExecutorService executor;

  Timer(String name) {
    this.executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Runs a task later; never, if the timer is closed. */
  void after(long nanos, Runnable task) {
    try {
      Future<?> scheduled = executor.schedule(() -> run(task), nanos, TimeUnit.NANOSECONDS);
      assert scheduled != null; // nobody waits for it, and run lets nothing escape
    } catch (RejectedExecutionException closed) {
      // Nothing is left to be done for a transport that was closed.
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      log.error(e, "a task of the transport failed"); // and the next ones are run
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
