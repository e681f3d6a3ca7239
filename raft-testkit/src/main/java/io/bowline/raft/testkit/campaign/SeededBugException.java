package io.bowline.raft.testkit.campaign;

/** A seeded bug is ill-formed, or does not fit the sources any more. */
public final class SeededBugException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SeededBugException(String message) {
    super(message);
  }
}
