package io.bowline.raft.model;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a proposal or a read ended. Three answers, because a timeout is neither a yes nor a no.
 *
 * @param <R> what the state machine answers
 */
public sealed interface Outcome<R> {
  /** Applied (or, a read, answered) at {@code index}; {@code reply} is the state machine's. */
  record Committed<R>(long index, R reply) implements Outcome<R> {}

  /** Never applied and never will be: safe to propose again if {@code refusal} is retryable. */
  record NotCommitted<R>(Refusal refusal, @Nullable NodeId leader) implements Outcome<R> {
    /** Who leads, as far as this node knows. */
    public Optional<NodeId> leaderHint() {
      return Optional.ofNullable(leader);
    }
  }

  /**
   * May be applied, now or later; or is, and its reply cannot be given, which the reason says. Only
   * a session makes a retry safe (thesis §6.3).
   */
  record Unknown<R>(String reason) implements Outcome<R> {}
}
