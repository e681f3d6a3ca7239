package io.bowline.raft.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;

/**
 * Work that waits, and one thread at a time that does it, borrowed from an executor which many
 * actors share. A wake-up costs something only when the actor sleeps. A turn is one bounded piece;
 * what is left waits at the tail of the executor's queue, behind the other actors.
 */
abstract class Actor implements Runnable {
  private static final int MOST_BORROWED_TURNS = 4;

  private static final int ASLEEP = 0;
  private static final int HANDED_OVER = 1;
  private static final int IN_TURN = 2;
  private static final int LAST_TURN = 3;
  private static final int RETIRED = 4;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Actor.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Executor executor;
  private volatile int state = ASLEEP;
  private volatile Runnable whenRetired = () -> {};

  Actor(Executor executor) {
    this.executor = executor;
  }

  /** After something was put into the mailbox. Safe from any thread. */
  final void wake() {
    if (state == ASLEEP && STATE.compareAndSet(this, ASLEEP, HANDED_OVER)) {
      boolean taken = false;
      try {
        executor.execute(this);
        taken = true;
      } finally {
        if (!taken) { // whoever wakes it next tries again; it may have run it and thrown all the
          // same
          STATE.compareAndSet(this, HANDED_OVER, ASLEEP);
        }
      }
    }
  }

  /**
   * The same from one of our own threads or the transport's: an actor that sleeps has its turn here
   * and now, which saves the hand-over to a thread that must wake up first. A busy one is left
   * alone, and what comes meanwhile keeps a borrowed thread for a few turns only.
   */
  final void wakeHere() {
    int turns = 0;
    while (turns < MOST_BORROWED_TURNS && begins(ASLEEP)) {
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

  private boolean begins(int from) {
    return state == from && STATE.compareAndSet(this, from, IN_TURN);
  }

  /** By the executor; a second run of one hand-over, whatever its reason, is none. */
  @Override
  public final void run() {
    if (!begins(HANDED_OVER)) {
      return;
    }
    turnAndRest();
    if (hasWork()) {
      wake();
    }
  }

  /** What comes while it ends sees a turn and wakes nobody: the caller looks again. */
  private void turnAndRest() {
    try {
      turn();
    } catch (Throwable e) {
      fail(e);
    } finally {
      if (!STATE.compareAndSet(this, IN_TURN, ASLEEP)) {
        state = RETIRED;
        whenRetired.run();
      }
    }
  }

  private void fail(Throwable cause) {
    try {
      failed(cause);
    } catch (Throwable e) {
      if (e != cause) { // what failed first is what counts
        cause.addSuppressed(e);
      }
    }
  }

  /**
   * No turn begins from now on.
   *
   * @param whenStill runs when none is under way any more, here or on the thread of the last one
   */
  final void retire(Runnable whenStill) {
    whenRetired = whenStill;
    while (true) {
      int now = state;
      if (now == LAST_TURN || now == RETIRED) {
        return;
      }
      int next = now == IN_TURN ? LAST_TURN : RETIRED;
      if (STATE.compareAndSet(this, now, next)) {
        if (next == RETIRED) {
          whenStill.run();
        }
        return;
      }
    }
  }

  /** Whether nothing of it runs, is about to, or waits: for tests of what has ended. */
  final boolean isStill() {
    int now = state;
    return now == RETIRED || (now == ASLEEP && !hasWork());
  }

  /** Whether a turn is under way. */
  final boolean isInTurn() {
    int now = state;
    return now == IN_TURN || now == LAST_TURN;
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
