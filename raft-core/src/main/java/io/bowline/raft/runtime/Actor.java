package io.bowline.raft.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;

/**
 * Work that waits, and one thread at a time that does it, borrowed from an executor which many
 * actors share. A wake-up costs something only when the actor sleeps.
 */
abstract class Actor implements Runnable {
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
    if (!scheduled && SCHEDULED.compareAndSet(this, false, true)) {
      executor.execute(this);
    }
  }

  @Override
  public final void run() {
    try {
      turn();
    } catch (RuntimeException | Error e) {
      failed(e);
    }
    // What came while the turn ended saw "scheduled" and woke nobody: look again.
    scheduled = false;
    if (hasWork()) {
      wake();
    }
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
