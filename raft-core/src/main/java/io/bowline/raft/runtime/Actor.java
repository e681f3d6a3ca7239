package io.bowline.raft.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;

/**
 * Work that waits, and one thread at a time that does it, borrowed from an executor which many
 * actors share. A wake-up costs something only when the actor sleeps.
 */
abstract class Actor implements Runnable {
  private static final int MOST_BORROWED_TURNS = 4;
  private static final VarHandle SCHEDULED;

  static {
    try {
      SCHEDULED = MethodHandles.lookup().findVarHandle(Actor.class, "scheduled", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Executor executor;
  private volatile boolean scheduled;

  Actor(Executor executor) {
    this.executor = executor;
  }

  /** After something was put into the mailbox. Safe from any thread. */
  final void wake() {
    if (begins()) {
      executor.execute(this);
    }
  }

  /**
   * The same from one of our own threads or the transport's: an actor that sleeps has its turn here
   * and now, which saves the hand-over to a thread that must wake up first. A busy one is left
   * alone, and what comes meanwhile keeps a borrowed thread for a few turns only.
   */
  final void wakeHere() {
    int turns = 0;
    while (turns < MOST_BORROWED_TURNS && begins()) {
      turnAndRest();
      if (!hasWork()) {
        return;
      }
      turns++;
    }
    if (turns > 0) {
      wake();
    }
  }

  private boolean begins() {
    return !scheduled && SCHEDULED.compareAndSet(this, false, true);
  }

  @Override
  public final void run() {
    turnAndRest();
    if (hasWork()) {
      wake();
    }
  }

  /** What comes while it ends sees "scheduled" and wakes nobody: the caller looks again. */
  private void turnAndRest() {
    try {
      turn();
    } catch (RuntimeException | Error e) {
      failed(e);
    }
    scheduled = false;
  }

  /** Takes what waits; leaves the rest to a next turn if it is much. */
  abstract void turn();

  /**
   * A turn threw: a bug of ours, or of the embedder; the stage must not go on as if nothing was.
   */
  abstract void failed(Throwable cause);

  /** Whether another turn is wanted. */
  abstract boolean hasWork();
}
