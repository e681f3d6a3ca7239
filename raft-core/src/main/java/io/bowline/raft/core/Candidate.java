package io.bowline.raft.core;

import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Figure 2, "Candidates". Its first round asks who would vote (thesis §9.6), in no term; only if a
 * quorum would does the second one enter the next term and ask for votes.
 */
final class Candidate implements Role {
  private final RaftCore core;
  private final CoreState state;
  private final long deadline;
  private boolean asksForVotes;
  private byte[] votes = new byte[0];
  private @Nullable Incarnation[] voters = new Incarnation[0];
  private long askAgainAt;

  Candidate(RaftCore core, CoreState state) {
    this.core = core;
    this.state = state;
    this.deadline = state.now() + state.drawElectionTimeout();
  }

  /** First thing in its life, once it is the role. */
  void begin() {
    if (state.config.preVote()) {
      newRound();
      record(state.self(), state.config.incarnation(), true);
      askAll();
      count();
    } else {
      askForVotes();
    }
  }

  @Override
  public NodeRole name() {
    return NodeRole.CANDIDATE;
  }

  @Override
  public @Nullable NodeId leader() {
    return null;
  }

  @Override
  public boolean hearsLeader() {
    return false;
  }

  private void askForVotes() {
    asksForVotes = true;
    state.enterTerm(state.term() + 1);
    state.voteFor(state.self());
    state.tell(this);
    newRound();
    state.saveBallot();
    askAll();
  }

  private void newRound() {
    int members = state.members.effective().members().size();
    votes = new byte[members];
    voters = new Incarnation[members];
  }

  // ---- asking

  private void askAll() {
    askAgainAt = state.now() + state.config.heartbeatNanos();
    List<Member> members = state.members.effective().members();
    for (int i = 0; i < members.size(); i++) {
      if (votes[i] == Quorum.UNKNOWN && !members.get(i).id().equals(state.self())) {
        ask(members.get(i).id());
      }
    }
  }

  private void ask(NodeId peer) {
    Message ask =
        asksForVotes
            ? new Message.RequestVote(state.self(), state.term(), state.log.last(), false)
            : new Message.PreVote(state.self(), state.term() + 1, state.log.last());
    state.sendWhenBallotDurable(peer, ask);
  }

  @Override
  public void connected(Input.Connected peer) {
    int slot = state.members.slot(peer.peer());
    if (slot < votes.length && votes[slot] == Quorum.UNKNOWN) {
      ask(peer.peer());
    }
  }

  @Override
  public long wakeAtNanos() {
    return Math.min(deadline, askAgainAt);
  }

  /** An election without a winner ends; until then a question that was lost is asked again. */
  @Override
  public void wake() {
    if (state.now() >= deadline) {
      core.campaign();
    } else if (state.now() >= askAgainAt) {
      if (asksForVotes && !state.ballotIsDurable()) { // the first ones have not left yet
        askAgainAt = state.now() + state.config.heartbeatNanos();
      } else {
        askAll();
      }
    }
  }

  @Override
  public void diskSpace(boolean available) {
    if (!available) {
      core.becomeFollower(state.term(), null);
    }
  }

  // ---- counting

  @Override
  public void receive(Message message, Incarnation sender) {
    if (message instanceof Message.VoteReply reply && asksForVotes) {
      record(reply.from(), sender, reply.granted());
      count();
    } else if (message instanceof Message.PreVoteReply reply
        && !asksForVotes
        && (!reply.granted() || reply.term() == state.term() + 1)) {
      record(reply.from(), sender, reply.granted());
      count();
    }
  }

  /** O4: its own vote is one when its ballot is durable. */
  @Override
  public void durable() {
    if (asksForVotes
        && state.ballotIsDurable()
        && record(state.self(), state.config.incarnation(), true)) {
      count();
    }
  }

  /** Who counts is decided here, by the one who counts (DESIGN 12, 13); false if it is no news. */
  private boolean record(NodeId voter, Incarnation incarnation, boolean granted) {
    int slot = state.members.slot(voter);
    if (slot == votes.length
        || votes[slot] == Quorum.YES
        || !state.members.counts(voter, incarnation)) {
      return false;
    }
    votes[slot] = granted ? Quorum.YES : Quorum.NO;
    voters[slot] = granted ? incarnation : null;
    return true;
  }

  private void count() {
    if (Quorum.vote(state.members.effective(), votes) != Quorum.Verdict.WON) {
      return;
    }
    if (asksForVotes) {
      core.becomeLeader(voters);
    } else {
      askForVotes();
    }
  }
}
