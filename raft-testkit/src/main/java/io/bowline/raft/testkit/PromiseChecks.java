package io.bowline.raft.testkit;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;

/**
 * Nothing is promised that the disk would not remember (STORAGE O4), nothing at all after a failed
 * write (D-e), and nobody leads who cannot write.
 */
final class PromiseChecks {
  private static final long MILLI = 1_000_000L;

  /** Hand-offs between stages that are late, each by some twenty of its means at most. */
  private static final long HAND_OFF_NANOS = 500 * MILLI;

  private final Simulation simulation;
  private final ProtocolChecks protocol;
  private final long[] failedAt;
  private final long[] awakeSince;
  private final long[] clockGoesSince;
  private final long[] patience;

  PromiseChecks(Simulation simulation, ProtocolChecks protocol, int nodes) {
    this.simulation = simulation;
    this.protocol = protocol;
    this.failedAt = new long[nodes];
    this.awakeSince = new long[nodes];
    this.clockGoesSince = new long[nodes];
    this.patience = new long[nodes];
  }

  /** That node may lead without a completed write for two of these. */
  void electionTimeout(int slot, long nanos) {
    // its clock may run 5 % slow, and it looks at each heartbeat at the latest
    patience[slot] = 2 * nanos + nanos / 5 + HAND_OFF_NANOS;
  }

  void recovered(int slot) {
    failedAt[slot] = Long.MAX_VALUE;
    awakeSince[slot] = simulation.now();
  }

  /** By its clock no time passes until then: it cannot know that it waits. */
  void clockStands(int slot, long until) {
    clockGoesSince[slot] = Math.max(clockGoesSince[slot], until);
  }

  /** Its process gets no turn until then. */
  void paused(int slot, long until) {
    awakeSince[slot] = Math.max(awakeSince[slot], until);
  }

  /** It says that it leads: its own vote counts when its ballot is durable (O4), alone too. */
  void leads(int slot, long term) {
    Ballot ballot = ballot(slot);
    boolean votedForItself = ballot.isFor(ProtocolChecks.id(slot));
    if (ballot.term() < term || (ballot.term() == term && !votedForItself)) {
      throw protocol.fail(
          "PERSIST_BEFORE_SEND", slot, "leads " + term + ", its disk says " + ballot);
    }
  }

  /** Whether it ran all the time since then. */
  boolean isAwakeSince(int slot, long time) {
    return awakeSince[slot] < time;
  }

  boolean isPaused(int slot) {
    return awakeSince[slot] > simulation.now();
  }

  void sent(int from, int to, Message message) {
    fence(from, message);
    if (message instanceof Message.VoteReply reply) {
      voteReply(from, to, reply);
    } else if (message instanceof Message.RequestVote ask) {
      requireVote(from, ask.term(), ProtocolChecks.id(from), message);
    } else if (message instanceof Message.AppendReply reply) {
      requireTerm(from, message);
      if (reply.matched()) {
        matched(from, reply);
      }
    } else if (message instanceof Message.HeartbeatReply) {
      requireTerm(from, message);
    } else if (message instanceof Message.AppendEntries || message instanceof Message.Heartbeat) {
      requireVote(from, message.term(), ProtocolChecks.id(from), message);
      requireWritable(from, message);
    }
  }

  private Ballot ballot(int slot) {
    return protocol.node(slot).durable().ballot();
  }

  private void voteReply(int from, int to, Message.VoteReply reply) {
    if (reply.granted()) {
      requireVote(from, reply.term(), ProtocolChecks.id(to), reply);
    } else {
      requireTerm(from, reply);
    }
  }

  private void requireVote(int from, long term, NodeId candidate, Message message) {
    Ballot ballot = ballot(from);
    boolean holds = ballot.term() > term || (ballot.term() == term && ballot.isFor(candidate));
    if (!holds) {
      throw broken(from, message, "its disk says " + ballot);
    }
  }

  private void requireTerm(int from, Message message) {
    if (ballot(from).term() < message.term()) {
      throw broken(from, message, "its disk says " + ballot(from));
    }
  }

  /** Up to there its log agrees with that of the term's leader, on its disk. */
  private void matched(int from, Message.AppendReply reply) {
    long match = reply.matchIndex();
    if (match == 0 || ballot(from).term() > reply.term()) {
      return;
    }
    TermRuns held = protocol.node(from).durable().log();
    long wanted = protocol.leadersTermAt(reply.term(), match);
    boolean holds = wanted == 0 ? match <= held.last() : held.holds(match, wanted);
    if (!holds && !protocol.isSpoilt(from)) {
      throw broken(from, reply, "its disk holds " + held + ", the leader has term " + wanted);
    }
  }

  private SimulationFailure broken(int from, Message message, String what) {
    return protocol.fail("PERSIST_BEFORE_SEND", from, "sends " + message + ", " + what);
  }

  private void fence(int from, Message message) {
    if (!protocol.node(from).hasFailed()) {
      return;
    }
    if (failedAt[from] == Long.MAX_VALUE) {
      failedAt[from] = simulation.now();
    }
    long since = Math.max(failedAt[from], awakeSince[from]);
    if (simulation.now() - since > HAND_OFF_NANOS) {
      throw protocol.fail("FENCE", from, "sends " + message + " after a failed write");
    }
  }

  private void requireWritable(int from, Message message) {
    long since = protocol.node(from).busySince();
    if (since == Long.MAX_VALUE) {
      return;
    }
    long counts = Math.max(since, Math.max(awakeSince[from], clockGoesSince[from]));
    if (simulation.now() - counts > patience[from]) {
      throw protocol.fail(
          "STALLED_LEADER",
          from,
          "leads on with "
              + message.getClass().getSimpleName()
              + ", its last write waits since "
              + since / 1e9
              + " s");
    }
  }
}
