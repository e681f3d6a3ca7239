package io.bowline.raft.core;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.model.TermRun;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Figure 2, "Followers". Accepts entries and commit from its leader; a learner never campaigns. */
final class Follower implements Role {
  /** More would rarely help: that many differing terms are that many failed leaders. */
  private static final int RUNS_IN_REFUSAL = 64;

  private final RaftCore core;
  private final CoreState state;
  private final long electionTimeout;
  private @Nullable NodeId leader;
  private long leaderHeardAt;
  private long waitsSince;

  Follower(RaftCore core, CoreState state, @Nullable NodeId leader) {
    this.core = core;
    this.state = state;
    this.leader = leader;
    this.electionTimeout = state.drawElectionTimeout();
    this.waitsSince = state.now();
    this.leaderHeardAt = state.now();
  }

  @Override
  public NodeRole name() {
    return NodeRole.FOLLOWER;
  }

  @Override
  public @Nullable NodeId leader() {
    return leader;
  }

  @Override
  public boolean hearsLeader() {
    return leader != null && state.now() - leaderHeardAt < state.config.electionTimeoutNanos();
  }

  // ---- the leader speaks

  /** A message of the term's one leader. */
  void hear(NodeId from) {
    Invariant.ONE_LEADER_PER_TERM.require(
        leader == null || leader.equals(from), state.term(), state.term());
    leader = from;
    leaderHeardAt = state.now();
    waitsSince = state.now();
    state.tell(this);
  }

  /** Figure 2, "AppendEntries RPC", receiver's rules 2 to 5. */
  void append(Message.AppendEntries message, long ticket) {
    if (message.session() < state.followedSession() || !isWellFormed(message)) {
      return;
    }
    if (!state.log.holds(message.prev())) {
      refuse(message);
      return;
    }
    EntryBatch entries = message.entries();
    if (!entries.isEmpty() && !store(entries, ticket)) {
      return;
    }
    // Only so far do the logs agree; what stands behind may be another leader's (§5.3).
    long last = message.prev().index() + entries.count();
    state.verified(message.session(), last);
    commitUpTo(message.commit());
    state.sendWhenDurable(message.from(), reply(message, true, last, List.of()));
  }

  private static boolean isWellFormed(Message.AppendEntries message) {
    EntryBatch entries = message.entries();
    if (entries.isEmpty()) {
      return true;
    }
    return entries.firstIndex() == message.prev().index() + 1
        && entries.termAt(entries.firstIndex()) >= message.prev().term()
        && entries.termAt(entries.lastIndex()) <= message.term();
  }

  private void refuse(Message.AppendEntries message) {
    List<TermRun> runs = state.log.runsBelow(message.prev().index() - 1, RUNS_IN_REFUSAL);
    state.sendWhenBallotDurable(
        message.from(), reply(message, false, message.prev().index(), runs));
  }

  private Message reply(
      Message.AppendEntries to, boolean matched, long matchIndex, List<TermRun> runs) {
    return new Message.AppendReply(
        state.self(), state.term(), to.session(), matched, matchIndex, state.log.lastIndex(), runs);
  }

  /**
   * Rules 3 and 4. A stale message may be a prefix of what is here: only an entry that differs
   * truncates. False if there is no room (STORAGE D-e): the leader will ask again.
   */
  private boolean store(EntryBatch entries, long ticket) {
    List<TermRun> runs = entries.termRuns();
    long first = state.log.firstNew(runs);
    if (first > entries.lastIndex()) {
      return true;
    }
    if (!state.hasDiskSpace()) {
      return false;
    }
    state.appendReceived(entries, runs, first, ticket);
    return true;
  }

  /** A heartbeat of another session keeps the peace, but its commit is of another replication. */
  void heartbeat(Message.Heartbeat beat) {
    if (beat.session() == state.followedSession()) {
      commitUpTo(beat.commit());
    }
    state.sendWhenBallotDurable(
        beat.from(),
        new Message.HeartbeatReply(state.self(), state.term(), beat.session(), beat.round()));
  }

  /** Rule 5: never beyond what was verified to be the leader's. */
  private void commitUpTo(long leaderCommit) {
    long index = Math.min(leaderCommit, state.verified());
    if (index > state.commitIndex()) {
      state.commitTo(index);
    }
  }

  // ---- nobody speaks

  /** It gave its vote: it waits a whole timeout for what comes of it (§5.2). */
  void voted() {
    waitsSince = state.now();
  }

  @Override
  public long wakeAtNanos() {
    return state.members.selfCampaigns() ? deadline() : NEVER;
  }

  /** §5.2; who is the only voter has nobody to wait for. */
  private long deadline() {
    return isAlone() && mayCampaign() ? waitsSince : waitsSince + electionTimeout;
  }

  @Override
  public void wake() {
    if (!state.members.selfCampaigns() || state.now() < deadline()) {
      return;
    }
    if (mayCampaign()) {
      core.campaign();
    } else {
      core.becomeFollower(state.term(), null);
    }
  }

  private boolean isAlone() {
    return state.members.effective().members().size() == 1;
  }

  /** A leader that cannot write would be none (STORAGE D-e). */
  private boolean mayCampaign() {
    return state.hasDiskSpace() && !state.writesStall();
  }
}
