package io.bowline.raft.testkit;

import io.bowline.raft.model.Message;
import java.util.TreeMap;
import java.util.TreeSet;

/** The rare events that are seen on the wire. */
final class MessageMarks implements SimulatedNetwork.Observer {
  private static final int MANY = 16;

  private final Marks marks;
  private final ProtocolChecks protocol;
  private final int nodes;
  private final int[] preVotes;
  private final TreeMap<Long, TreeSet<Integer>> candidates = new TreeMap<>();
  private final TreeMap<String, Long> matches = new TreeMap<>();
  private final long[] refusedInTerm;

  MessageMarks(Marks marks, ProtocolChecks protocol, int nodes) {
    this.marks = marks;
    this.protocol = protocol;
    this.nodes = nodes;
    this.preVotes = new int[nodes];
    this.refusedInTerm = new long[nodes];
  }

  @Override
  public void sent(int from, int to, Message message) {
    if (message instanceof Message.AppendEntries append) {
      marks.hit(Mark.APPEND_SENT);
      marks.hitIf(append.entries().count() >= MANY, Mark.APPEND_OF_MANY);
      leads(from, append.term());
    } else if (message instanceof Message.Heartbeat beat) {
      leads(from, beat.term());
    } else if (message instanceof Message.AppendReply reply && !reply.matched()) {
      marks.hit(Mark.APPEND_REFUSED);
      marks.hitIf(refusedInTerm[from] == reply.term(), Mark.APPEND_REFUSED_TWICE);
      marks.hitIf(!reply.runs().isEmpty(), Mark.APPEND_REFUSED_WITH_RUNS);
      refusedInTerm[from] = reply.term();
    } else if (message instanceof Message.VoteReply reply) {
      marks.hit(reply.granted() ? Mark.VOTE_GRANTED : Mark.VOTE_REFUSED);
    } else if (message instanceof Message.PreVoteReply reply) {
      marks.hit(reply.granted() ? Mark.PREVOTE_GRANTED : Mark.PREVOTE_REFUSED);
    } else if (message instanceof Message.PreVote) {
      marks.hitIf(++preVotes[from] > 2 * nodes, Mark.PREVOTE_AGAIN);
    } else if (message instanceof Message.RequestVote ask) {
      asks(from, ask);
    }
  }

  /** Whether it was the last to ask for votes, in a term that nobody has won yet. */
  boolean isCandidate(int slot) {
    return !candidates.isEmpty()
        && candidates.lastEntry().getValue().contains(slot)
        && !protocol.hasLeader(candidates.lastKey());
  }

  private void leads(int from, long term) {
    preVotes[from] = 0;
    marks.hitIf(term < marks.newestTerm, Mark.LEADERS_OVERLAP);
  }

  private void asks(int from, Message.RequestVote ask) {
    preVotes[from] = 0;
    if (!candidates.isEmpty() && ask.term() > candidates.lastKey()) {
      long before = candidates.lastKey();
      marks.hitIf(!protocol.hasLeader(before), Mark.TERM_WITHOUT_LEADER);
    }
    TreeSet<Integer> rivals = candidates.computeIfAbsent(ask.term(), term -> new TreeSet<>());
    rivals.add(from);
    marks.hitIf(rivals.size() > 1, Mark.ELECTION_RIVALS);
    marks.hitIf(ask.last().index() < protocol.commitIndex(), Mark.CANDIDATE_BEHIND);
  }

  @Override
  public void received(int from, int to, boolean fromTheDead, Message message) {
    marks.hitIf(fromTheDead, Mark.MESSAGE_OF_EARLIER_LIFE);
    marks.hitIf(protocol.isSpoilt(from), Mark.MESSAGE_OF_SPOILT_NODE);
    long own = protocol.node(to).durable().ballot().term();
    boolean late = message.term() < own;
    if (message instanceof Message.AppendEntries append) {
      marks.hitIf(late, Mark.APPEND_OF_OLD_TERM);
      receivedEntries(to, append);
    } else if (message instanceof Message.AppendReply reply && reply.matched()) {
      marks.hitIf(late, Mark.MATCH_LATE);
      Long before = matches.put(from + " " + to + " " + reply.term(), reply.matchIndex());
      marks.hitIf(before != null && before > reply.matchIndex(), Mark.MATCH_OUT_OF_ORDER);
    } else if (message instanceof Message.Heartbeat) {
      marks.hitIf(late, Mark.BEAT_OF_OLD_TERM);
    } else if (message instanceof Message.HeartbeatReply) {
      marks.hitIf(late, Mark.BEAT_REPLY_LATE);
    } else if (message instanceof Message.VoteReply reply && reply.granted()) {
      marks.hitIf(late, Mark.VOTE_GRANTED_LATE);
    }
  }

  private void receivedEntries(int to, Message.AppendEntries append) {
    if (append.entries().isEmpty()) {
      return;
    }
    TermRuns held = protocol.node(to).durable().log();
    long first = append.entries().firstIndex();
    boolean hasFirst = held.holds(first, append.entries().termAt(first));
    long last = append.entries().lastIndex();
    boolean hasLast = held.holds(last, append.entries().termAt(last));
    marks.hitIf(hasLast, Mark.APPEND_AGAIN);
    marks.hitIf(hasFirst && !hasLast, Mark.APPEND_OVERLAPS_TAIL);
  }
}
