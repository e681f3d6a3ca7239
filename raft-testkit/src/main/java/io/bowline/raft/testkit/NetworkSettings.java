package io.bowline.raft.testkit;

/**
 * How a run's network behaves when nobody partitions it (TESTKIT, section 1).
 *
 * @param inOrder each connection delivers in order and loses nothing but by breaking, as TCP does;
 *     otherwise each message goes its own way
 * @param minDelayNanos of any message, one way
 * @param meanDelayNanos of what comes on top, exponentially distributed
 * @param loss how likely a message is lost; only without {@code inOrder}
 * @param duplicates how likely one arrives twice, the second up to 30 s later; likewise
 * @param resets how likely a send breaks its connection
 * @param queueBytes what waits in one direction of a connection before sends are dropped
 */
record NetworkSettings(
    boolean inOrder,
    long minDelayNanos,
    long meanDelayNanos,
    double loss,
    double duplicates,
    double resets,
    long queueBytes) {
  private static final long MILLI = 1_000_000;

  /** Half a millisecond and no faults. */
  static NetworkSettings calm() {
    return new NetworkSettings(true, MILLI / 4, MILLI / 4, 0, 0, 0, 16 << 20);
  }

  /** The default strengths of TESTKIT's table, for one seed. */
  static NetworkSettings draw(Prng random) {
    boolean inOrder = random.nextBoolean();
    long min = random.nextLong(5 * MILLI);
    boolean slow = random.nextInt(10) == 0;
    long mean = slow ? random.nextLong(50, 200) * MILLI : random.nextLong(1, 50) * MILLI;
    double loss = random.nextInt(20) == 0 ? random.nextDouble() * 0.3 : some(random, 0.1);
    double duplicates = some(random, 0.2);
    double resets = random.logUniform(10, 1_000) * 1e-6;
    long queueBytes = random.logUniform(64 << 10, 16 << 20);
    return new NetworkSettings(
        inOrder, min, mean, inOrder ? 0 : loss, inOrder ? 0 : duplicates, resets, queueBytes);
  }

  private static double some(Prng random, double most) {
    double drawn = random.nextDouble() * most;
    return random.nextInt(5) < 2 ? 0 : drawn;
  }
}
