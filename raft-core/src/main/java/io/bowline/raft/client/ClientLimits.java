package io.bowline.raft.client;

import io.bowline.raft.model.GroupId;
import java.util.List;

/** What a client was opened with, checked; times in ns. */
record ClientLimits(
    GroupId group,
    List<String> addresses,
    long timeoutNanos,
    long attemptTimeoutNanos,
    long backOffNanos,
    long maxBackOffNanos,
    int maxInFlight,
    long maxInFlightBytes,
    int maxCommandBytes) {}
