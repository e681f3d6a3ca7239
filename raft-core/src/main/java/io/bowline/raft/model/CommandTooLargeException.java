package io.bowline.raft.model;

/** A command that encodes to more than an entry may hold: never sent, never worth a retry. */
public final class CommandTooLargeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final long bytes;
  private final long limit;

  /** What it encodes to, and what is allowed. */
  public CommandTooLargeException(long bytes, long limit) {
    super(
        "a command of "
            + bytes
            + " bytes is over maxCommandBytes="
            + limit
            + ": split it, or store the data elsewhere and replicate its name");
    this.bytes = bytes;
    this.limit = limit;
  }

  /** What the command encodes to. */
  public long bytes() {
    return bytes;
  }

  /** What is allowed. */
  public long limit() {
    return limit;
  }
}
