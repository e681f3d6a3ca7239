package io.bowline.raft.core;

/** What the core checks about itself; docs/design/invariants.md uses the same names. */
enum Invariant {
  TERM_GROWS("a node's term never falls (§5.1)"),
  ONE_VOTE_PER_TERM("a vote, once cast, stands for its term (§5.2)"),
  ONE_LEADER_PER_TERM("a term has at most one leader (§5.2)"),
  COMMIT_GROWS("commitIndex never falls within a process's life (§5.3)"),
  COMMIT_WITHIN_LOG("commitIndex <= lastIndex (§5.3)"),
  COMMITTED_STAYS("a committed entry is never truncated (§5.4)"),
  COMMIT_OF_OWN_TERM("a leader commits by counting in its own term only (§5.4.2)"),
  LEADER_APPENDS_ONLY("a leader appends behind its last entry only (§5.3)"),
  LOG_WITHOUT_GAP("an entry is appended directly behind another one (§5.3)"),
  TERMS_ALONG_LOG("terms never fall along the log and are at most the node's (§5.3)"),
  WRITES_IN_ORDER("only a write that was issued becomes durable (STORAGE O1)"),
  DURABLE_WITHIN_LOG("the durable index <= lastIndex (STORAGE O3)"),
  POISONED_IS_SILENT("nothing is promised or written after a failed write (STORAGE D-e)"),
  SENT_WITHIN_LOG("what was sent to a peer is in the leader's log (§5.3)"),
  NEXT_ABOVE_MATCH("nextIndex > matchIndex for each peer (§5.3)"),
  READS_AFTER_OWN_COMMIT("a leader reads when it has committed in its own term (thesis §6.4)");

  private final String meaning;

  Invariant(String meaning) {
    this.meaning = meaning;
  }

  String meaning() {
    return meaning;
  }

  /** Throws if it does not hold; {@code actual} is what was found, {@code bound} what it breaks. */
  void require(boolean holds, long actual, long bound) {
    if (!holds) {
      throw new InvariantViolation(this, actual, bound);
    }
  }
}
