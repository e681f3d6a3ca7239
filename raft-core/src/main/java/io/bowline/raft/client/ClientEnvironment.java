package io.bowline.raft.client;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** A client's door to the world: clock, timers, random numbers, a place to run. */
public interface ClientEnvironment {
  /**
   * The monotonic clock.
   *
   * @return nanoseconds since an arbitrary instant
   */
  long nanoTime();

  /**
   * Runs a task once on the {@linkplain #executor() executor}, not before the deadline.
   *
   * @param deadlineNanos on the clock of {@link #nanoTime}
   * @param task must not block
   * @return cancels it, if it has not begun
   */
  Runnable schedule(long deadlineNanos, Runnable task);

  /**
   * Where the client's own work and the callers' callbacks run.
   *
   * @return an executor; tasks may run beside one another
   */
  Executor executor();

  /**
   * A source of jitter, and of what names a session: where other clients are not to be trusted, one
   * that nobody can guess.
   *
   * @return a generator that is used by one thread at a time
   */
  RandomGenerator random();
}
