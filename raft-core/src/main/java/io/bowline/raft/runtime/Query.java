package io.bowline.raft.runtime;

import io.bowline.raft.model.Refusal;
import org.jspecify.annotations.Nullable;

/** One linearizable read on its way. */
public abstract non-sealed class Query extends Call {
  private static final int OBJECT_BYTES = 64;

  /**
   * What the state machine said to a query, or why it said nothing.
   *
   * @param tell tells the caller, where callers are told
   * @param bytes what it holds, as far as that is known
   */
  public record Answer(Runnable tell, int bytes) {}

  private final int queryBytes;

  /**
   * Given up at that time (the environment's clock); {@code replies} as for a proposal, {@code
   * queryBytes} 0 where nobody knows.
   */
  protected Query(int queryBytes, long deadlineNanos, @Nullable ReplyBuffer replies) {
    super(deadlineNanos, replies);
    this.queryBytes = queryBytes;
  }

  @Override
  final long heldBytes() {
    return (long) queryBytes + OBJECT_BYTES;
  }

  /**
   * Asks the state machine, on the apply stage, where everything up to {@code lastApplied} has had
   * its effect. Throws nothing but what ends the process: a lack of memory.
   */
  protected abstract Answer run(long lastApplied);

  /** Not read. */
  protected abstract void refused(Refusal refusal);
}
