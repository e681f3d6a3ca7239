package io.bowline.raft;

/** A host or node that cannot be opened: says what is wrong and the way out. */
public final class RaftException extends Exception {
  private static final long serialVersionUID = 1L;

  RaftException(String message) {
    super(message);
  }

  RaftException(String message, Throwable cause) {
    super(message, cause);
  }

  /** What a lower layer said, which is a full thought already. */
  static RaftException of(Throwable cause) {
    return new RaftException(String.valueOf(cause.getMessage()), cause);
  }
}
