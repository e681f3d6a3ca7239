package io.bowline.raft.runtime;

/**
 * What the runtime needs beside the core's limits, in ns and bytes.
 *
 * @param maxMailboxItems proposals and reads that wait for the raft stage
 * @param maxMailboxMessages messages of peers that wait for it; more are dropped
 * @param maxReceivedBytes entries of peers that wait for it or for the disk; more are dropped
 * @param maxPendingProposals proposals that are taken and not applied here
 * @param maxUncommittedBytes calls that are taken and not applied here or answered
 * @param maxWaitingReads reads that are taken and not answered
 * @param callTimeoutNanos the longest that a call has; what apply cannot reach in half of it is
 *     refused
 * @param tailCacheBytes newest frames kept in memory once they are durable
 * @param maxApplyBytes frames in one apply batch
 * @param idleNanos without a write for so long, the log is told that it is idle (STORAGE D-c)
 */
public record RuntimeConfig(
    int maxMailboxItems,
    int maxMailboxMessages,
    long maxReceivedBytes,
    int maxPendingProposals,
    long maxUncommittedBytes,
    int maxWaitingReads,
    long callTimeoutNanos,
    long tailCacheBytes,
    long maxApplyBytes,
    long idleNanos) {}
