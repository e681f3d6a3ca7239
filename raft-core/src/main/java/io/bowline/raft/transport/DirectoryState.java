package io.bowline.raft.transport;

import io.bowline.raft.model.Founding;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.StartPair;

/**
 * What a node says of its directory of one group (identity 1, 11).
 *
 * @param start of this process
 * @param listHash {@code Membership.listHash()} of the list it was bootstrapped with
 * @param featureLevel the newest format that it can read
 * @param address where it listens, for the log only
 */
public record DirectoryState(
    Incarnation incarnation,
    StartPair start,
    Founding founding,
    long listHash,
    int featureLevel,
    String address) {}
