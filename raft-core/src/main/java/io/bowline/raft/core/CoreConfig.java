package io.bowline.raft.core;

import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.NodeId;

/**
 * A core's limits, in ns and bytes.
 *
 * @param self this node
 * @param incarnation its own
 * @param heartbeatNanos between heartbeats of a leader
 * @param electionTimeoutNanos t: drawn from [t, 2t) each time
 * @param maxInflightBytes entries sent to one peer and not answered
 * @param maxInflightMessages AppendEntries sent to one peer and not answered
 * @param maxBatchBytes entries in one AppendEntries
 * @param maxUncommittedBytes frames proposed and not committed
 * @param maxWaitingReads reads that wait for a round
 * @param preVote thesis §9.6
 * @param checkQuorum thesis §6.2
 */
public record CoreConfig(
    NodeId self,
    Incarnation incarnation,
    long heartbeatNanos,
    long electionTimeoutNanos,
    long maxInflightBytes,
    int maxInflightMessages,
    long maxBatchBytes,
    long maxUncommittedBytes,
    int maxWaitingReads,
    boolean preVote,
    boolean checkQuorum) {}
