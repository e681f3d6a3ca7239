package io.bowline.raft.runtime;

/** Why the apply stage ended its node: whoever reads it must know what to mend. */
final class ApplyFailure {
  private ApplyFailure() {}

  /** What left the state machine, or its codec, in a batch. */
  static String reason(ApplyCursor cursor, Throwable thrown) {
    long index = cursor.failedAt();
    if (Foreign.isFatal(thrown)) {
      return thrown + " while applying the entry at index " + index + ": " + way(thrown);
    }
    if (cursor.isDecoding()) {
      return "decoding the command at index "
          + index
          + " threw "
          + thrown
          + ": no entry is skipped; give all members a codec that decodes it and restart; see"
          + " docs/operations/undecodable-command.md";
    }
    return "applying the entry at index "
        + index
        + " threw "
        + thrown
        + ": no entry is skipped; mend the state machine and restart";
  }

  /** What left a turn of the stage anywhere else. */
  static String reason(long lastApplied, Throwable thrown) {
    return thrown
        + " on the apply stage, behind index "
        + lastApplied
        + ": "
        + (Foreign.isFatal(thrown) ? way(thrown) : "this is a bug of Bowline; restart");
  }

  private static String way(Throwable thrown) {
    return thrown instanceof OutOfMemoryError
        ? "give the process more memory, or calls that need less, and restart"
        : "restart the process";
  }
}
