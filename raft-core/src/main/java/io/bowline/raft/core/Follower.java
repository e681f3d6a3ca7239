package io.bowline.raft.core;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.TermRun;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Figure 2, "Followers". Accepts entries and commit from its leader; a learner never campaigns. */
final class Follower implements Role {
  private final RaftCore core;
  private final CoreState state;
  private final long electionTimeout;
  private @Nullable Peer leader;
  private long leaderHeardAt;
  private long waitsSince;

  /** Its term or vote is not durable yet: until then it does not lose patience. */
  private boolean ballotWaits;

  Follower(RaftCore core, CoreState state, @Nullable Peer leader) {
    this.core = core;
    this.state = state;
    this.leader = leader;
    this.electionTimeout = state.drawElectionTimeout();
    this.waitsSince = state.now();
    this.ballotWaits = !state.ballotIsDurable();
    this.leaderHeardAt = state.now();
  }

  @Override
  public NodeRole name() {
    return NodeRole.FOLLOWER;
  }

  @Override
  public @Nullable NodeId leader() {
    return leader == null ? null : leader.id();
  }

  @Override
  public boolean hearsLeader() {
    return leader != null && state.now() - leaderHeardAt < state.config.electionTimeoutNanos();
  }

  // ---- the leader speaks

  /** A message of the term's one leader. */
  void hear(Peer from) {
    leader = from;
    leaderHeardAt = state.now();
    waitsSince = state.now();
    state.tell(this);
  }

  /** Figure 2, "AppendEntries RPC", receiver's rules 2 to 5. */
  void append(Message.AppendEntries message, Peer sender, long ticket) {
    if (message.session() < state.followedSession()) {
      return;
    }
    if (!state.log.holds(message.prev())) {
      refuse(message, sender);
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
    state.sendWhenDurable(sender, reply(message, true, last, List.of()));
  }

  private void refuse(Message.AppendEntries message, Peer sender) {
    List<TermRun> runs = state.log.runsBelow(message.prev().index() - 1, Message.MAX_RUNS);
    state.sendWhenBallotDurable(sender, reply(message, false, message.prev().index(), runs));
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
  void heartbeat(Message.Heartbeat beat, Peer sender) {
    if (beat.session() == state.followedSession()) {
      commitUpTo(beat.commit());
    }
    state.sendWhenBallotDurable(
        sender,
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
    ballotWaits = !state.ballotIsDurable();
  }

  /** Nobody hears of its term or its vote before they are durable: only then does it wait. */
  @Override
  public void durable() {
    if (ballotWaits && state.ballotIsDurable()) {
      ballotWaits = false;
      waitsSince = state.now();
    }
  }

  @Override
  public long wakeAtNanos() {
    return state.members.selfCampaigns() && !ballotWaits ? deadline() : NEVER;
  }

  /** §5.2; who is the only voter has nobody to wait for. */
  private long deadline() {
    return isAlone() && mayCampaign() ? waitsSince : waitsSince + electionTimeout;
  }

  @Override
  public void wake() {
    if (state.now() < wakeAtNanos()) {
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
