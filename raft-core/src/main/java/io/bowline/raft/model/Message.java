package io.bowline.raft.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one node says to another: who says it, and the term it speaks for (§5.1). */
public sealed interface Message {
  /** No term, index, round or time is larger: adding to one never overflows. */
  long MAX_NUMBER = (1L << 62) - 1;

  /** Above any session: a leader would begin a thousand streams a second for twelve days. */
  int MAX_SESSION = 1 << 30;

  /** A refusal tells so many term runs: that many differing terms are that many failed leaders. */
  int MAX_RUNS = 64;

  /** Why nobody can have meant this message; null if it may be heard. Decoders ask it. */
  default @Nullable String problem() {
    return MessageCheck.problem(this);
  }

  /** Who says it. */
  NodeId from();

  /** The term it speaks for. */
  long term();

  /** "Would you vote for me in this term?" Nobody has entered that term yet (thesis §9.6). */
  record PreVote(NodeId from, long term, EntryId last) implements Message {}

  /** A grant speaks for the term that was asked for; a refusal for the refuser's own. */
  record PreVoteReply(NodeId from, long term, boolean granted) implements Message {}

  /** {@code transfer}: the leader itself asked for this election (thesis §3.10). */
  record RequestVote(NodeId from, long term, EntryId last, boolean transfer) implements Message {}

  /** An answer to {@link RequestVote} (§5.2). */
  record VoteReply(NodeId from, long term, boolean granted) implements Message {}

  /** The only message that holds entries (§5.3). {@code session} numbers one replication. */
  record AppendEntries(
      NodeId from, long term, int session, EntryId prev, EntryBatch entries, long commit)
      implements Message {}

  /**
   * {@code matched}: the log agrees with the leader's up to {@code matchIndex} and is durable so
   * far. Otherwise {@code matchIndex} is the index of {@code prev} that was refused, {@code
   * lastIndex} the end of the follower's log, and {@code runs} its term runs below the gap, newest
   * first, at most 64.
   */
  record AppendReply(
      NodeId from,
      long term,
      int session,
      boolean matched,
      long matchIndex,
      long lastIndex,
      List<TermRun> runs)
      implements Message {}

  /** {@code commit} is min(commitIndex, this peer's match); {@code leaseNanos} 0 asks for none. */
  record Heartbeat(NodeId from, long term, int session, long round, long commit, long leaseNanos)
      implements Message {}

  /** An answer to {@link Heartbeat}; waits for the ballot of its term only (STORAGE O4). */
  record HeartbeatReply(NodeId from, long term, int session, long round) implements Message {}
}
