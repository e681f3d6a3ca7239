package io.bowline.raft.testkit;

/**
 * One machine and how its node is configured.
 *
 * @param heartbeatNanos between heartbeats
 * @param electionTimeoutNanos t: drawn from [t, 2t) by the node
 * @param maxBatchBytes of entries in one message
 * @param maxInflightBytes sent to one peer and not answered
 * @param maxInflightMessages likewise
 * @param segmentBytes of one log file
 * @param blockAlignment of its blocks
 * @param tailCacheBytes of entries kept in memory
 * @param wholePages its disk writes 4096 bytes whole or not at all
 * @param clockPartsPerMillion how much too fast its clock runs
 * @param forceNanos how long a force takes in the mean
 * @param stageNanos how long a stage's turn is late in the mean, when it is
 * @param applyNanos how long the state machine takes for a batch in the mean
 * @param embedderNanos between two proposals of the embedder on this node itself; 0 for none
 * @param maxUncommittedBytes of frames proposed and not committed
 * @param maxMailboxItems proposals and reads that wait for the raft stage
 * @param maxWaitingReads reads that wait for a round
 */
record NodeSettings(
    long heartbeatNanos,
    long electionTimeoutNanos,
    long maxBatchBytes,
    long maxInflightBytes,
    int maxInflightMessages,
    long segmentBytes,
    int blockAlignment,
    long tailCacheBytes,
    boolean wholePages,
    long clockPartsPerMillion,
    long forceNanos,
    long stageNanos,
    long applyNanos,
    long embedderNanos,
    long maxUncommittedBytes,
    int maxMailboxItems,
    int maxWaitingReads) {
  private static final long MILLI = 1_000_000;
  private static final long LEAST_BATCH = 4 << 10; // a short tail takes several messages
  private static final long MANY_BYTES = 64 << 20;
  private static final int MANY = 1 << 16;

  static NodeSettings calm() {
    return new NodeSettings(
        100 * MILLI,
        1_000 * MILLI,
        1 << 20,
        8 << 20,
        64,
        256 << 10,
        512,
        1 << 20,
        false,
        0,
        MILLI / 10,
        0,
        0,
        0,
        MANY_BYTES,
        MANY,
        MANY);
  }

  NodeSettings withBlockAlignment(int bytes) {
    return with(bytes, tailCacheBytes);
  }

  NodeSettings withTailCacheBytes(long bytes) {
    return with(blockAlignment, bytes);
  }

  private NodeSettings with(int alignment, long tail) {
    return new NodeSettings(
        heartbeatNanos,
        electionTimeoutNanos,
        maxBatchBytes,
        maxInflightBytes,
        maxInflightMessages,
        segmentBytes,
        alignment,
        tail,
        wholePages,
        clockPartsPerMillion,
        forceNanos,
        stageNanos,
        applyNanos,
        embedderNanos,
        maxUncommittedBytes,
        maxMailboxItems,
        maxWaitingReads);
  }

  static NodeSettings draw(Prng random) {
    long heartbeat = random.nextLong(50, 150) * MILLI;
    long electionTimeout = Math.max(5 * heartbeat, random.nextLong(500, 1_500) * MILLI);
    long batch = random.nextInt(3) == 0 ? LEAST_BATCH : random.logUniform(LEAST_BATCH, 1 << 20);
    return new NodeSettings(
        heartbeat,
        electionTimeout,
        batch,
        Math.max(batch, random.logUniform(4 << 10, 8 << 20)),
        (int) random.logUniform(1, 64),
        random.logUniform(64 << 10, 1 << 20),
        random.nextBoolean() ? 512 : 4096,
        random.nextInt(4) == 0 ? 0 : random.logUniform(1 << 10, 1 << 20),
        random.nextInt(10) == 0,
        random.nextLong(-200, 201),
        random.logUniform(MILLI / 10, 20 * MILLI),
        random.nextBoolean() ? 0 : random.logUniform(MILLI / 100, MILLI),
        random.nextInt(3) > 0 ? 0 : random.logUniform(MILLI, 50 * MILLI),
        random.nextBoolean() ? 0 : random.logUniform(30 * MILLI, 1_000 * MILLI),
        MANY_BYTES, // commands of embedders may be large
        few(random.split("mailbox " + batch)),
        few(random.split("reads " + batch)));
  }

  /** So few on one node of four that callers are refused. */
  private static int few(Prng random) {
    return random.nextInt(4) == 0 ? (int) random.logUniform(1, 32) : MANY;
  }
}
