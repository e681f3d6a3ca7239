package io.bowline.raft.runtime;

import io.bowline.raft.storage.Disk;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * The door to the world, beside the transport: clock, timers, named executors, disk, random. The
 * simulator replaces it and runs the very code that ships.
 */
public interface NodeEnvironment {
  /** Where a stage runs. */
  enum Stage {
    /** Steps cores; never blocks. */
    RAFT,
    /** Writes the log; may block in the disk. */
    LOG,
    /** Runs state machines. */
    APPLY,
    /** Background work on the disk: segments ahead, entries read for slow peers. */
    SNAPSHOT,
    /** Futures and listeners of the embedder. */
    CALLBACK
  }

  /** The monotonic clock, ns since an arbitrary instant. */
  long nanoTime();

  /**
   * Runs a task once, not before the deadline (clock of {@link #nanoTime}). The task only hands
   * over; it must not block.
   *
   * @return cancels it if it has not begun
   */
  Runnable schedule(long deadlineNanos, Runnable task);

  /** The executor of a stage; tasks handed to it run in order, or beside one another. */
  Executor executor(Stage stage);

  /**
   * Threads beside those of {@link Stage#CALLBACK}, for callbacks that wait for one another and for
   * what an executor of the embedder's refuses.
   */
  default Executor spareCallbacks() {
    return executor(Stage.CALLBACK);
  }

  /**
   * Whether the raft stage, while it sleeps, may borrow the thread of the log stage or of the
   * transport that has something for it: a turn never blocks, and a hand-over to a thread that must
   * wake up first costs more than most turns.
   */
  boolean lendsThreads();

  /** The file system. */
  Disk disk();

  /** A generator for one purpose, for use by one thread. */
  RandomGenerator random(String purpose);
}
