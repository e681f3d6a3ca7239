package io.bowline.raft.runtime;

import io.bowline.raft.model.Refusal;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One linearizable read on its way; ends once, like a {@link Proposal}. */
public abstract class Query {
  final long deadlineNanos;
  final @Nullable ReplyBuffer replies;
  private final AtomicBoolean ended = new AtomicBoolean();

  /** Given up at that time (the environment's clock); {@code replies} as for a proposal. */
  protected Query(long deadlineNanos, @Nullable ReplyBuffer replies) {
    this.deadlineNanos = deadlineNanos;
    this.replies = replies;
  }

  final boolean end() {
    return ended.compareAndSet(false, true);
  }

  final boolean isEnded() {
    return ended.get();
  }

  /**
   * Asks the state machine, on the apply stage, where everything up to {@code lastApplied} has had
   * its effect; returns what tells the answer. Must not throw.
   */
  protected abstract Runnable run(long lastApplied);

  /** Not read. */
  protected abstract void refused(Refusal refusal);
}
