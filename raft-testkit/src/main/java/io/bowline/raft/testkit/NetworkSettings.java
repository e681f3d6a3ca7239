package io.bowline.raft.testkit;

/**
 * How a run's network behaves when nothing is wrong with it (TESTKIT, section 1).
 *
 * @param inOrder each connection delivers in order and loses nothing but by breaking, as TCP does;
 *     otherwise each message goes its own way
 * @param minDelayNanos of any message, one way
 * @param meanDelayNanos of what comes on top, exponentially distributed
 * @param queueBytes what waits in one direction of a connection before sends are dropped
 */
record NetworkSettings(boolean inOrder, long minDelayNanos, long meanDelayNanos, long queueBytes) {
  private static final long MILLI = 1_000_000;

  /** Half a millisecond. */
  static NetworkSettings calm() {
    return new NetworkSettings(true, MILLI / 4, MILLI / 4, 16 << 20);
  }

  /** The default strengths of TESTKIT's table, for one seed. */
  static NetworkSettings draw(Prng random) {
    boolean inOrder = random.nextBoolean();
    long min = random.nextLong(5 * MILLI);
    boolean slow = random.nextInt(10) == 0;
    long mean = slow ? random.nextLong(50, 200) * MILLI : random.nextLong(1, 50) * MILLI;
    long queueBytes = random.logUniform(64 << 10, 16 << 20);
    return new NetworkSettings(inOrder, min, mean, queueBytes);
  }
}
