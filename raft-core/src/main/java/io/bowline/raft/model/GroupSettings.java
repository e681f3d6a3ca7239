package io.bowline.raft.model;

import java.util.concurrent.TimeUnit;

/**
 * What changes the result of apply or bounds a promise: it stands in the membership entry, so that
 * it is the same on every replica at every index.
 *
 * @param sessionLifetimeNanos a session unused for so long, by replicated time, expires
 * @param maxSessions more than these evict the least recently used one
 * @param maxRepliesPerSession replies kept for one session
 * @param leaseBoundNanos the longest lease a leader may ask for; 0 allows none
 * @param featureLevel the format that entries may use
 */
public record GroupSettings(
    long sessionLifetimeNanos,
    int maxSessions,
    int maxRepliesPerSession,
    long leaseBoundNanos,
    int featureLevel) {
  /** One hour, 10,000 sessions, 4,096 replies each, no leases. */
  public static GroupSettings defaults() {
    return new GroupSettings(TimeUnit.HOURS.toNanos(1), 10_000, 4_096, 0, Membership.FEATURE_LEVEL);
  }
}
