package io.bowline.raft.runtime;

/**
 * What the runtime needs beside the core's limits, in ns and bytes.
 *
 * @param maxMailboxItems proposals and reads that wait for the raft stage
 * @param maxMailboxBytes payloads that wait for the raft stage
 * @param maxMailboxMessages messages of peers that wait for it; more are dropped
 * @param tailCacheBytes newest frames kept in memory once they are durable
 * @param maxApplyBytes frames in one apply batch
 * @param idleNanos without a write for so long, the log is told that it is idle (STORAGE D-c)
 */
public record RuntimeConfig(
    int maxMailboxItems,
    long maxMailboxBytes,
    int maxMailboxMessages,
    long tailCacheBytes,
    long maxApplyBytes,
    long idleNanos) {}
