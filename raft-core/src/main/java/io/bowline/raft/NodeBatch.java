package io.bowline.raft;

import io.bowline.raft.model.Codec;
import io.bowline.raft.runtime.ApplyCursor;

/** The committed commands of a node, decoded as they are asked for. */
final class NodeBatch<C, R> implements CommittedBatch<C, R> {
  private final ApplyCursor cursor;
  private final Codec<C> commands;

  NodeBatch(ApplyCursor cursor, Codec<C> commands) {
    this.cursor = cursor;
    this.commands = commands;
  }

  @Override
  public boolean next() {
    return cursor.next();
  }

  @Override
  public long index() {
    return cursor.index();
  }

  @Override
  public long timeNanos() {
    return cursor.timeNanos();
  }

  @Override
  public C command() {
    cursor.decoding(true);
    C command = commands.decode(cursor.command());
    cursor.decoding(false);
    return command;
  }

  @Override
  public void reply(R reply) {
    if (reply == null) {
      throw new IllegalStateException(
          "the reply at index " + index() + " is null: reply something");
    }
    cursor.reply(reply);
  }
}
