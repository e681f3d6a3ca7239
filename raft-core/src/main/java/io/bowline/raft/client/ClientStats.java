package io.bowline.raft.client;

import org.jspecify.annotations.Nullable;

/**
 * What a client did so far.
 *
 * @param attempts requests sent, each retry counted
 * @param retries of these, those of a command or query that had been sent before
 * @param redirects times a node named another as leader and the client followed
 * @param connects connections begun
 * @param sessions sessions opened
 * @param inFlight commands and queries that have no outcome yet
 * @param leader the address that answered last as a leader does, if any
 */
public record ClientStats(
    long attempts,
    long retries,
    long redirects,
    long connects,
    long sessions,
    int inFlight,
    @Nullable String leader) {}
