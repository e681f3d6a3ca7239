package io.bowline.raft.testkit;

/**
 * What a client asks for.
 *
 * @param thinkNanos between one question and the next, in the mean
 * @param pipeline how many may be without an answer
 * @param queries how likely a question changes nothing
 * @param timeoutNanos of a call
 * @param attemptNanos before another node is asked
 */
record ClientSettings(
    long thinkNanos, int pipeline, double queries, long timeoutNanos, long attemptNanos) {
  private static final long MILLI = 1_000_000;

  /** Asks again and again, whatever it was answered: a load that does not fall. */
  static ClientSettings steady(Prng random) {
    return new ClientSettings(
        random.logUniform(20 * MILLI, 200 * MILLI), 2, 0.2, 10_000 * MILLI, 1_000 * MILLI);
  }

  static ClientSettings calm() {
    return new ClientSettings(50 * MILLI, 1, 0.2, 10_000 * MILLI, 1_000 * MILLI);
  }

  static ClientSettings draw(Prng random) {
    return new ClientSettings(
        random.logUniform(10 * MILLI, 300 * MILLI),
        random.nextInt(5) == 0 ? 2 + random.nextInt(14) : 1,
        random.nextDouble() * 0.5,
        random.logUniform(500 * MILLI, 10_000 * MILLI),
        random.logUniform(100 * MILLI, 1_500 * MILLI));
  }
}
