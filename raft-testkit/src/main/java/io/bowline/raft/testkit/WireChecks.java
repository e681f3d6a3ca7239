package io.bowline.raft.testkit;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Message;
import java.util.TreeMap;

/**
 * What can be seen on the wire alone, whatever the nodes believe: one leader a term over the whole
 * run (§5.2), one vote a term for each node over all its lives, terms that never fall, and one
 * entry for each (index, term) ever sent (§5.3).
 */
final class WireChecks implements SimulatedNetwork.Observer {
  private static final int NOBODY = 0;

  private final Simulation simulation;
  private final TreeMap<Long, Integer> leaders = new TreeMap<>();
  private final TreeMap<Long, int[]> votes = new TreeMap<>();
  private final EntryTable entries;
  private final long[] terms;
  private final int nodes;

  WireChecks(Simulation simulation, int nodes) {
    this.entries = new EntryTable(simulation);
    this.simulation = simulation;
    this.nodes = nodes;
    this.terms = new long[nodes];
  }

  /** How many terms had a leader that spoke. */
  int termsWithLeader() {
    return leaders.size();
  }

  /** Who led in the newest term that had a leader; negative if none had. */
  int newestLeader() {
    return leaders.isEmpty() ? -1 : leaders.lastEntry().getValue();
  }

  @Override
  public void sent(int from, int to, Message message) {
    if (message instanceof Message.PreVote || message instanceof Message.PreVoteReply) {
      return; // speaks of a term that nobody has entered
    }
    if (message.term() < terms[from]) {
      throw simulation.failure(
          "MONOTONIC_TERM",
          "n" + (from + 1) + " speaks for term " + message.term() + " after " + terms[from]);
    }
    terms[from] = message.term();
    if (message instanceof Message.AppendEntries append) {
      leads(from, message.term());
      sentEntries(append);
    } else if (message instanceof Message.Heartbeat) {
      leads(from, message.term());
    } else if (message instanceof Message.VoteReply reply && reply.granted()) {
      votes(from, to, message.term());
    } else if (message instanceof Message.RequestVote) {
      votes(from, from, message.term());
    }
  }

  /** That node took the lead in that term. */
  void leads(int slot, long term) {
    Integer other = leaders.putIfAbsent(term, slot);
    if (other != null && other != slot) {
      throw simulation.failure(
          "ELECTION_SAFETY",
          "term " + term + " has leaders n" + (other + 1) + " and n" + (slot + 1));
    }
  }

  private void votes(int voter, int candidate, long term) {
    int[] ofTerm = votes.computeIfAbsent(term, t -> new int[nodes]);
    if (ofTerm[voter] == NOBODY) {
      ofTerm[voter] = candidate + 1;
    } else if (ofTerm[voter] != candidate + 1) {
      throw simulation.failure(
          "ONE_VOTE_PER_TERM",
          "n"
              + (voter + 1)
              + " votes for n"
              + ofTerm[voter]
              + " and n"
              + (candidate + 1)
              + " in term "
              + term);
    }
  }

  private void sentEntries(Message.AppendEntries append) {
    long prevTerm = append.prev().term();
    EntryBatch.Cursor cursor = append.entries().cursor();
    while (cursor.next()) {
      entries.entry(cursor, prevTerm);
      prevTerm = cursor.term();
    }
  }

  /** All entries that were ever sent; what is written is held against them too. */
  EntryTable entries() {
    return entries;
  }

  /** That machine's disk is another's or none: what was said before binds another incarnation. */
  void forget(int slot) {
    terms[slot] = 0;
    votes.values().forEach(ofTerm -> ofTerm[slot] = NOBODY);
  }
}
