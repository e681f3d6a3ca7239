package io.bowline.raft.testkit.junit.conformance;

/**
 * What happens to a process at its n-th change to the disk.
 *
 * @param at counted from 1; 0 is never
 */
record Strike(Kind kind, int at) {
  /** In which way, and what is counted. */
  enum Kind {
    /** The process dies before the change; every change is counted. */
    KILLS,
    /** It dies in a write when half of its sectors are written; writes are counted. */
    TEARS,
    /** The call fails; writes and forces are counted. */
    FAILS
  }

  /** Strikes never. */
  static final Strike NEVER = new Strike(Kind.KILLS, 0);

  static Strike kill(int at) {
    return new Strike(Kind.KILLS, at);
  }

  static Strike tear(int at) {
    return new Strike(Kind.TEARS, at);
  }

  static Strike fail(int at) {
    return new Strike(Kind.FAILS, at);
  }
}
