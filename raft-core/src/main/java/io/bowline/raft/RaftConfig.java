package io.bowline.raft;

import io.bowline.raft.model.Frame;
import io.bowline.raft.model.Problems;
import java.time.Duration;

/**
 * A node's own settings: none of them changes what apply does, and members may differ.
 *
 * @param heartbeatInterval between heartbeats of a leader (thesis §3.4); 1 ms to 1 min
 * @param electionTimeout t: a follower that hears no leader campaigns after [t, 2t); at least 3
 *     heartbeats
 * @param proposalTimeout the one deadline of a call; 1 ms to 1 h
 * @param maxCommandBytes a larger command is refused when proposed; 1 to 64 MiB less 64 bytes,
 *     which a session needs of the entry
 * @param maxUncommittedBytes calls taken and not yet applied here or answered, so also what waits
 *     for the own disk and the own state machine; more is refused as overloaded
 * @param maxPendingProposals proposals taken and not yet applied here and told
 * @param maxWaitingReads reads taken and not yet answered
 * @param maxMailboxItems calls that wait for the raft stage
 * @param maxBatchBytes entries in one message; 4 KiB to 64 MiB
 * @param maxInflightBytes entries sent to one peer and not answered; at least one batch
 * @param maxInflightMessages messages with entries sent to one peer and not answered
 * @param tailCacheBytes the newest entries kept in memory for peers and apply
 * @param preVote ask before campaigning (thesis §9.6)
 * @param checkQuorum a leader that hears no quorum for t steps down (thesis §6.2)
 */
public record RaftConfig(
    Duration heartbeatInterval,
    Duration electionTimeout,
    Duration proposalTimeout,
    int maxCommandBytes,
    long maxUncommittedBytes,
    int maxPendingProposals,
    int maxWaitingReads,
    int maxMailboxItems,
    long maxBatchBytes,
    long maxInflightBytes,
    int maxInflightMessages,
    long tailCacheBytes,
    boolean preVote,
    boolean checkQuorum) {
  private static final Duration MILLI = Duration.ofMillis(1);
  private static final Duration HOUR = Duration.ofHours(1);

  /** What a frame may need beside a command of a session. */
  private static final int SESSION_BYTES = 64;

  /**
   * Checks all of it.
   *
   * @param heartbeatInterval see the record
   * @param electionTimeout see the record
   * @param proposalTimeout see the record
   * @param maxCommandBytes see the record
   * @param maxUncommittedBytes see the record
   * @param maxPendingProposals see the record
   * @param maxWaitingReads see the record
   * @param maxMailboxItems see the record
   * @param maxBatchBytes see the record
   * @param maxInflightBytes see the record
   * @param maxInflightMessages see the record
   * @param tailCacheBytes see the record
   * @param preVote see the record
   * @param checkQuorum see the record
   * @throws io.bowline.raft.model.ConfigException naming every problem at once
   */
  public RaftConfig {
    Problems problems = new Problems("RaftConfig");
    problems.within("heartbeatInterval", heartbeatInterval, MILLI, Duration.ofMinutes(1));
    problems.unless(
        electionTimeout.compareTo(heartbeatInterval.multipliedBy(3)) >= 0,
        "electionTimeout=%s is under 3 heartbeats of %s: a lost packet starts an election; use %s",
        electionTimeout,
        heartbeatInterval,
        heartbeatInterval.multipliedBy(3));
    problems.within("electionTimeout", electionTimeout, MILLI, HOUR);
    problems.within("proposalTimeout", proposalTimeout, MILLI, HOUR);
    problems.within("maxCommandBytes", maxCommandBytes, 1, Frame.MAX_PAYLOAD_BYTES - SESSION_BYTES);
    problems.within("maxUncommittedBytes", maxUncommittedBytes, 1 << 10, 1L << 34);
    problems.unless(
        maxUncommittedBytes >= maxCommandBytes,
        "maxUncommittedBytes=%d is under maxCommandBytes=%d: the largest command would never fit",
        maxUncommittedBytes,
        maxCommandBytes);
    problems.within("maxPendingProposals", maxPendingProposals, 1, 1 << 24);
    problems.within("maxWaitingReads", maxWaitingReads, 1, 1 << 24);
    problems.within("maxMailboxItems", maxMailboxItems, 1, 1 << 24);
    problems.within("maxBatchBytes", maxBatchBytes, 4 << 10, 64 << 20);
    problems.within("maxInflightBytes", maxInflightBytes, 4 << 10, 1L << 34);
    problems.unless(
        maxInflightBytes >= maxBatchBytes,
        "maxInflightBytes=%d is under maxBatchBytes=%d: no batch would ever leave",
        maxInflightBytes,
        maxBatchBytes);
    problems.within("maxInflightMessages", maxInflightMessages, 1, 1 << 16);
    problems.within("tailCacheBytes", tailCacheBytes, 0, 1L << 34);
    problems.throwIfAny();
  }

  /**
   * The defaults.
   *
   * @return heartbeat 100 ms, election timeout 1 s, and what {@link Builder} says
   */
  public static RaftConfig defaults() {
    return builder().build();
  }

  /**
   * Starts from the defaults.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Sets what differs from the defaults. */
  public static final class Builder {
    private Duration heartbeatInterval = Duration.ofMillis(100);
    private Duration electionTimeout = Duration.ofSeconds(1);
    private Duration proposalTimeout = Duration.ofSeconds(10);
    private int maxCommandBytes = 4 << 20;
    private long maxUncommittedBytes = 64 << 20;
    private int maxPendingProposals = 1 << 16;
    private int maxWaitingReads = 1 << 16;
    private int maxMailboxItems = 1 << 16;
    private long maxBatchBytes = 256 << 10;
    private long maxInflightBytes = 16 << 20;
    private int maxInflightMessages = 64;
    private long tailCacheBytes = 32 << 20;
    private boolean preVote = true;
    private boolean checkQuorum = true;

    private Builder() {}

    /**
     * Default 100 ms.
     *
     * @param value see {@link RaftConfig#heartbeatInterval()}
     * @return this
     */
    public Builder heartbeatInterval(Duration value) {
      heartbeatInterval = value;
      return this;
    }

    /**
     * Default 1 s.
     *
     * @param value see {@link RaftConfig#electionTimeout()}
     * @return this
     */
    public Builder electionTimeout(Duration value) {
      electionTimeout = value;
      return this;
    }

    /**
     * Default 10 s.
     *
     * @param value see {@link RaftConfig#proposalTimeout()}
     * @return this
     */
    public Builder proposalTimeout(Duration value) {
      proposalTimeout = value;
      return this;
    }

    /**
     * Default 4 MiB.
     *
     * @param value see {@link RaftConfig#maxCommandBytes()}
     * @return this
     */
    public Builder maxCommandBytes(int value) {
      maxCommandBytes = value;
      return this;
    }

    /**
     * Default 64 MiB.
     *
     * @param value see {@link RaftConfig#maxUncommittedBytes()}
     * @return this
     */
    public Builder maxUncommittedBytes(long value) {
      maxUncommittedBytes = value;
      return this;
    }

    /**
     * Default 65,536.
     *
     * @param value see {@link RaftConfig#maxPendingProposals()}
     * @return this
     */
    public Builder maxPendingProposals(int value) {
      maxPendingProposals = value;
      return this;
    }

    /**
     * Default 65,536.
     *
     * @param value see {@link RaftConfig#maxWaitingReads()}
     * @return this
     */
    public Builder maxWaitingReads(int value) {
      maxWaitingReads = value;
      return this;
    }

    /**
     * Default 65,536.
     *
     * @param value see {@link RaftConfig#maxMailboxItems()}
     * @return this
     */
    public Builder maxMailboxItems(int value) {
      maxMailboxItems = value;
      return this;
    }

    /**
     * Default 1 MiB.
     *
     * @param value see {@link RaftConfig#maxBatchBytes()}
     * @return this
     */
    public Builder maxBatchBytes(long value) {
      maxBatchBytes = value;
      return this;
    }

    /**
     * Default 16 MiB.
     *
     * @param value see {@link RaftConfig#maxInflightBytes()}
     * @return this
     */
    public Builder maxInflightBytes(long value) {
      maxInflightBytes = value;
      return this;
    }

    /**
     * Default 64.
     *
     * @param value see {@link RaftConfig#maxInflightMessages()}
     * @return this
     */
    public Builder maxInflightMessages(int value) {
      maxInflightMessages = value;
      return this;
    }

    /**
     * Default 32 MiB.
     *
     * @param value see {@link RaftConfig#tailCacheBytes()}
     * @return this
     */
    public Builder tailCacheBytes(long value) {
      tailCacheBytes = value;
      return this;
    }

    /**
     * Default true.
     *
     * @param value see {@link RaftConfig#preVote()}
     * @return this
     */
    public Builder preVote(boolean value) {
      preVote = value;
      return this;
    }

    /**
     * Default true.
     *
     * @param value see {@link RaftConfig#checkQuorum()}
     * @return this
     */
    public Builder checkQuorum(boolean value) {
      checkQuorum = value;
      return this;
    }

    /**
     * Checks and builds.
     *
     * @return the configuration
     * @throws io.bowline.raft.model.ConfigException naming every problem at once
     */
    public RaftConfig build() {
      return new RaftConfig(
          heartbeatInterval,
          electionTimeout,
          proposalTimeout,
          maxCommandBytes,
          maxUncommittedBytes,
          maxPendingProposals,
          maxWaitingReads,
          maxMailboxItems,
          maxBatchBytes,
          maxInflightBytes,
          maxInflightMessages,
          tailCacheBytes,
          preVote,
          checkQuorum);
    }
  }
}
