package io.bowline.raft;

import io.bowline.raft.model.Codec;
import io.bowline.raft.runtime.ApplyCursor;

/**
 * A cursor over committed commands on their way to a {@link StateMachine}. What a session has seen
 * before does not occur here again (exactly once). Valid during one {@code apply}, for its thread.
 *
 * @param <C> a command
 * @param <R> a reply
 */
public final class CommittedBatch<C, R> {
  private final ApplyCursor cursor;
  private final Codec<C> commands;

  CommittedBatch(ApplyCursor cursor, Codec<C> commands) {
    this.cursor = cursor;
    this.commands = commands;
  }

  /**
   * Moves to the next command.
   *
   * @return false after the last one
   * @throws IllegalStateException if the command before got no reply
   */
  public boolean next() {
    return cursor.next();
  }

  /**
   * Where this command stands in the log.
   *
   * @return its index, from 1, growing
   */
  public long index() {
    return cursor.index();
  }

  /**
   * The replicated time: the same on every replica, never falling along the log, no wall clock.
   *
   * @return nanoseconds since an arbitrary instant of the group
   */
  public long timeNanos() {
    return cursor.timeNanos();
  }

  /**
   * This command, decoded now from the bytes that every replica holds.
   *
   * @return the command
   */
  public C command() {
    return commands.decode(cursor.command());
  }

  /**
   * Replies to this command.
   *
   * @param reply what its proposer is told; not null
   * @throws IllegalStateException if it has a reply already
   */
  public void reply(R reply) {
    if (reply == null) {
      throw new IllegalStateException(
          "the reply at index " + index() + " is null: reply something");
    }
    cursor.reply(reply);
  }
}
