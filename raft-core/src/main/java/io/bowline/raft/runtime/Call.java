package io.bowline.raft.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A proposal or a query on its way. It ends once, whoever is first: the apply stage, the deadline,
 * a refusal or the end of the node. What was admitted for it is given back when two things are
 * true, in either order: its caller was told, and nothing of it waits here any more.
 */
public abstract sealed class Call permits Proposal, Query {
  private static final int ENDED = 1;
  private static final int TOLD = 2;
  private static final int SETTLED = 4;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Call.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final long deadlineNanos;
  final @Nullable ReplyBuffer replies;

  @SuppressWarnings("unused") // by its handle
  private volatile int state;

  Call(long deadlineNanos, @Nullable ReplyBuffer replies) {
    this.deadlineNanos = deadlineNanos;
    this.replies = replies;
  }

  /** What it counts in memory from its admission on. */
  abstract long heldBytes();

  /** True for the first caller only, who then says how it ended. */
  final boolean end() {
    return ((int) STATE.getAndBitwiseOr(this, ENDED) & ENDED) == 0;
  }

  final boolean isEnded() {
    return (state & ENDED) != 0;
  }

  /** Its caller knows; true if that was the last: it is given back now. */
  final boolean told() {
    return ((int) STATE.getAndBitwiseOr(this, TOLD) & (TOLD | SETTLED)) == SETTLED;
  }

  /** Refused, applied or answered: nothing of it waits; true if that was the last. */
  final boolean settled() {
    return ((int) STATE.getAndBitwiseOr(this, SETTLED) & (TOLD | SETTLED)) == TOLD;
  }
}
