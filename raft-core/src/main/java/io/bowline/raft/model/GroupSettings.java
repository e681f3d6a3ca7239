package io.bowline.raft.model;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What changes the result of apply or bounds a promise: it stands in the membership entry, so that
 * it is the same on every replica at every index.
 *
 * @param sessionLifetimeNanos a session unused for so long, by replicated time, expires
 * @param maxSessions more than these evict the least recently used one, or are refused while that
 *     one was used within the last minute
 * @param maxRepliesPerSession replies kept for one session
 * @param maxReplyBytes bytes of the replies kept for all sessions; one session keeps at most a
 *     sixteenth before its next command
 * @param leaseBoundNanos the longest lease a leader may ask for; 0 allows none
 * @param featureLevel the format that entries may use
 */
public record GroupSettings(
    long sessionLifetimeNanos,
    int maxSessions,
    int maxRepliesPerSession,
    long maxReplyBytes,
    long leaseBoundNanos,
    int featureLevel) {
  /** The default of {@code maxReplyBytes}: 64 MiB. */
  public static final long DEFAULT_REPLY_BYTES = 64L << 20;

  /** With the default bound on the bytes of replies. */
  public GroupSettings(
      long sessionLifetimeNanos,
      int maxSessions,
      int maxRepliesPerSession,
      long leaseBoundNanos,
      int featureLevel) {
    this(
        sessionLifetimeNanos,
        maxSessions,
        maxRepliesPerSession,
        DEFAULT_REPLY_BYTES,
        leaseBoundNanos,
        featureLevel);
  }

  /** Notes every component that is out of its range; for settings that a person has chosen. */
  public void check(Problems problems) {
    problems.within(
        "sessionLifetime",
        Duration.ofNanos(sessionLifetimeNanos),
        Duration.ofSeconds(1),
        Duration.ofDays(365));
    problems.within("maxSessions", maxSessions, 1, 1_000_000);
    problems.within("maxRepliesPerSession", maxRepliesPerSession, 1, 1 << 20);
    problems.within("maxReplyBytes", maxReplyBytes, 1 << 10, 1L << 40);
    problems.within(
        "leaseBound", Duration.ofNanos(leaseBoundNanos), Duration.ZERO, Duration.ofMinutes(1));
    problems.within("featureLevel", featureLevel, 1, Membership.FEATURE_LEVEL);
  }

  /** Whether a table of sessions can work by them at all; others come in no entry. */
  boolean areUsable() {
    return sessionLifetimeNanos > 0
        && maxSessions > 0
        && maxRepliesPerSession > 0
        && maxReplyBytes > 0
        && leaseBoundNanos >= 0
        && featureLevel > 0;
  }

  /** One hour, 10,000 sessions, 4,096 replies each and 64 MiB of them in all, no leases. */
  public static GroupSettings defaults() {
    return new GroupSettings(TimeUnit.HOURS.toNanos(1), 10_000, 4_096, 0, Membership.FEATURE_LEVEL);
  }

  /** The same with another format. */
  public GroupSettings withFeatureLevel(int level) {
    return new GroupSettings(
        sessionLifetimeNanos,
        maxSessions,
        maxRepliesPerSession,
        maxReplyBytes,
        leaseBoundNanos,
        level);
  }
}
