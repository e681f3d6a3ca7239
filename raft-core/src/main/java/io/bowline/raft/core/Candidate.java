package io.bowline.raft.core;

import io.bowline.raft.model.Member;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.model.Peer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Figure 2, "Candidates". Its first round asks who would vote (thesis §9.6), in no term; only if a
 * quorum would does the second one enter the next term and ask for votes.
 */
final class Candidate implements Role {
  private final RaftCore core;
  private final CoreState state;
  private final long electionTimeout;
  private long deadline;
  private boolean asksForVotes;
  private long votedAt;
  private byte[] votes = new byte[0];
  private long askAgainAt;

  Candidate(RaftCore core, CoreState state) {
    this.core = core;
    this.state = state;
    this.electionTimeout = state.drawElectionTimeout();
    this.deadline = state.now() + electionTimeout;
  }

  /** First thing in its life, once it is the role. */
  void begin() {
    if (state.config.preVote()) {
      newRound();
      record(state.selfPeer(), true);
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
    state.voteFor(state.selfPeer());
    state.tell(this);
    newRound();
    votedAt = state.now();
    state.saveBallot();
    askAll();
    deadline = NEVER; // the questions leave, and patience begins, with the ballot on disk
    askAgainAt = NEVER;
  }

  private void newRound() {
    votes = new byte[state.members.effective().members().size()];
  }

  // ---- asking

  private void askAll() {
    askAgainAt = state.now() + state.config.heartbeatNanos();
    List<Member> members = state.members.effective().members();
    for (int i = 0; i < members.size(); i++) {
      Peer peer = members.get(i).peer();
      if (peer != null && votes[i] == Quorum.UNKNOWN && !peer.equals(state.selfPeer())) {
        ask(peer);
      }
    }
  }

  private void ask(Peer peer) {
    Message ask =
        asksForVotes
            ? new Message.RequestVote(state.self(), state.term(), state.log.last(), false)
            : new Message.PreVote(state.self(), state.term() + 1, state.log.last());
    state.sendWhenBallotDurable(peer, ask);
  }

  @Override
  public void connected(Peer peer) {
    int slot = state.members.slot(peer);
    if (slot < votes.length && votes[slot] == Quorum.UNKNOWN) {
      ask(peer);
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
      askAll();
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
  public void receive(Message message, Peer sender) {
    if (message instanceof Message.VoteReply reply && asksForVotes) {
      record(sender, reply.granted());
      count();
    } else if (message instanceof Message.PreVoteReply reply
        && !asksForVotes
        && (!reply.granted() || reply.term() == state.term() + 1)) {
      record(sender, reply.granted());
      count();
    }
  }

  /**
   * O4: its own vote is one when its ballot is durable, and only then others hear of it. Their
   * ballots take their disks as long as its own took: so much longer it waits for them. Otherwise
   * slow disks would answer each election when the next one has begun.
   */
  @Override
  public void durable() {
    if (asksForVotes && state.ballotIsDurable() && record(state.selfPeer(), true)) {
      long ballotTook = Math.min(state.now() - votedAt, 2 * state.config.electionTimeoutNanos());
      deadline = state.now() + electionTimeout + ballotTook;
      askAgainAt = state.now() + state.config.heartbeatNanos();
      count();
    }
  }

  /** Who counts is decided here, by the one who counts (identity 13); false if it is no news. */
  private boolean record(Peer voter, boolean granted) {
    int slot = state.members.slot(voter);
    if (slot == votes.length || votes[slot] == Quorum.YES) {
      return false;
    }
    votes[slot] = granted ? Quorum.YES : Quorum.NO;
    return true;
  }

  private void count() {
    if (Quorum.vote(state.members.effective(), votes) != Quorum.Verdict.WON) {
      return;
    }
    if (asksForVotes) {
      core.becomeLeader();
    } else {
      askForVotes();
    }
  }
}
