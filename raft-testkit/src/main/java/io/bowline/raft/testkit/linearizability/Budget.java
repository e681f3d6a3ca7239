package io.bowline.raft.testkit.linearizability;

/**
 * What the check of one key may cost before it gives up, which is a failure.
 *
 * @param steps of the model, at least 1
 * @param bytes of remembered configurations, estimated, at least 1
 */
public record Budget(long steps, long bytes) {
  /** Twenty million steps and 64 MiB: seconds, in which real histories need milliseconds. */
  public static final Budget DEFAULT = new Budget(20_000_000, 64L << 20);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if one of them is not positive
   */
  public Budget {
    if (steps < 1 || bytes < 1) {
      throw new IllegalArgumentException("a budget of nothing: " + steps + ", " + bytes);
    }
  }
}
