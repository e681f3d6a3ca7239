package io.bowline.raft.testkit;

import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Message;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who led when and with which log, and whose votes made it so: a leader holds all that was
 * committed in earlier terms (§5.4.3), and was elected by grants that count.
 */
final class Elections {
  /** Who leads a term, its log when it was elected, and the end of the log for which it asked. */
  record Lead(int slot, TermRuns atElection, long asked) {}

  private final Simulation simulation;
  private final ProtocolChecks protocol;
  private final int nodes;
  private final Marks marks;
  private final CountedVotes votes;
  private final TreeMap<Long, Lead> leads = new TreeMap<>();
  private final Map<Integer, EntryId> asked = new TreeMap<>();

  /** The highest index that the leader of each term has reported. */
  private final TreeMap<Long, Long> commitByTerm = new TreeMap<>();

  private final long[] startedAt;
  private final int[] lives;

  Elections(Simulation simulation, ProtocolChecks protocol, int nodes) {
    this.simulation = simulation;
    this.protocol = protocol;
    this.nodes = nodes;
    this.marks = simulation.marks();
    this.votes = new CountedVotes(simulation, protocol, nodes);
    this.startedAt = new long[nodes];
    this.lives = new int[nodes];
  }

  CountedVotes votes() {
    return votes;
  }

  void started(int slot) {
    startedAt[slot] = simulation.now();
    lives[slot]++;
  }

  int lives(int slot) {
    return lives[slot];
  }

  boolean hasLeader(long term) {
    return leads.containsKey(term);
  }

  boolean leads(int slot, long term) {
    Lead lead = leads.get(term);
    return lead != null && lead.slot() == slot;
  }

  /** Those who led later terms so far. */
  SortedMap<Long, Lead> after(long term) {
    return leads.tailMap(term, false);
  }

  /** The leader of that term has reported that index as committed. */
  void reported(long term, long index) {
    commitByTerm.put(term, index);
  }

  /** The highest index that leaders of these terms, up to that one, have reported. */
  long committedUpTo(long term) {
    long highest = 0;
    for (long index : commitByTerm.headMap(term, true).values()) {
      highest = Math.max(highest, index);
    }
    return highest;
  }

  void asks(int slot, Message.RequestVote ask) {
    asked.put(slot, ask.last());
    votes.asks(slot, ask.term());
  }

  /**
   * It was elected: by votes that count, and whatever was committed before must be in its log.
   *
   * @return whether that is news
   */
  boolean elected(int slot, long term) {
    if (leads.containsKey(term)) {
      return false;
    }
    TermRuns log = protocol.node(slot).log().copy();
    EntryId last = asked.get(slot);
    long known = last == null ? log.last() : Math.max(log.last(), last.index());
    marks(slot, term, log, known);
    leads.put(term, new Lead(slot, log, known));
    votes.requireQuorum(slot, term);
    TermRuns committed = protocol.committed();
    long commit = committedUpTo(term - 1);
    boolean lacks = known < commit;
    boolean differs = log.last() >= commit && log.termAt(commit) != committed.termAt(commit);
    if (lacks || differs) {
      throw protocol.fail(
          "LEADER_COMPLETENESS", slot, "leads " + term + " with " + log + " of " + committed);
    }
    return true;
  }

  private void marks(int slot, long term, TermRuns log, long known) {
    marks.hit(Mark.ELECTION_WON);
    marks.hitIf(leads.size() == 4, Mark.FIVE_LEADERS);
    marks.hitIf(term >= 10, Mark.TERM_TEN);
    marks.hitIf(known > protocol.commitIndex(), Mark.ELECTED_WITH_UNCOMMITTED_TAIL);
    marks.hitIf(lives[slot] >= 5, Mark.ELECTED_IN_FIFTH_LIFE);
    boolean fresh = lives[slot] > 1 && simulation.now() - startedAt[slot] < 1_000_000_000L;
    marks.hitIf(fresh, Mark.ELECTED_RIGHT_AFTER_START);
    for (int other = 0; other < nodes; other++) {
      TermRuns held = protocol.node(other).durable().log();
      if (held.last() > known) {
        marks.hit(Mark.ELECTED_WITHOUT_ALL_ENTRIES);
        marks.hitIf(held.lastTerm() < log.lastTerm(), Mark.ELECTED_WITH_LOWER_LAST_INDEX);
      }
    }
    Map.Entry<Long, Lead> before = leads.lowerEntry(term);
    if (before != null) {
      boolean same = before.getValue().slot() == slot;
      marks.hit(same ? Mark.LEADER_REELECTED : Mark.LEADER_CHANGED);
      boolean followed = !same && log.lastTerm() == before.getKey();
      marks.hitIf(followed, Mark.LEADER_DEPOSED_BY_ITS_FOLLOWER);
    }
    marks.newestTerm = Math.max(marks.newestTerm, term);
  }

  /** The term that the leader of that term has at an index; 0 if that cannot be told. */
  long leadersTermAt(long term, long index) {
    Lead lead = leads.get(term);
    if (lead == null || (index > lead.atElection().last() && index <= lead.asked())) {
      return 0;
    }
    return index <= lead.atElection().last() ? lead.atElection().termAt(index) : term;
  }

  /** The newest term that it led; 0 if it never did. */
  long newestTermOf(int slot) {
    for (Map.Entry<Long, Lead> lead : leads.descendingMap().entrySet()) {
      if (lead.getValue().slot() == slot) {
        return lead.getKey();
      }
    }
    return 0;
  }
}
