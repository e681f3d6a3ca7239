package io.bowline.raft;

/**
 * A cursor over committed commands on their way to a {@link StateMachine}. What a session has seen
 * before does not occur here again (exactly once). Valid during one {@code apply}, for its thread.
 * An interface, so that a state machine can be tested with a list of commands and without a node.
 *
 * @param <C> a command
 * @param <R> a reply
 */
public interface CommittedBatch<C, R> {
  /**
   * Moves to the next command.
   *
   * @return false after the last one
   * @throws IllegalStateException if the command before got no reply
   */
  boolean next();

  /**
   * Where this command stands in the log.
   *
   * @return its index, from 1, growing
   */
  long index();

  /**
   * The replicated time: the same on every replica, never falling along the log, no wall clock.
   *
   * @return nanoseconds since an arbitrary instant of the group
   */
  long timeNanos();

  /**
   * This command, decoded now from the bytes that every replica holds.
   *
   * @return the command
   */
  C command();

  /**
   * Replies to this command.
   *
   * @param reply what its proposer is told; not null
   * @throws IllegalStateException if it has a reply already; the node halts
   */
  void reply(R reply);
}
