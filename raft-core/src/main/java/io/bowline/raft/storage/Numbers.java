package io.bowline.raft.storage;

/** The range of indexes, terms, times and counters in files: sums of two never wrap. */
final class Numbers {
  static final long MOST = 1L << 62;

  private Numbers() {}

  /** Whether a number of that kind may stand in a file. */
  static boolean isSane(long number) {
    return number >= 0 && number <= MOST;
  }
}
