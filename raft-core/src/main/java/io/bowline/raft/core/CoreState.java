package io.bowline.raft.core;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.TermRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Figure 2's "State", and the only writer of what must not go wrong: term, vote, commitIndex, the
 * numbers of writes and what is durable. Collects the effects of a step.
 */
final class CoreState {
  final CoreConfig config;
  final LogMetadata log;
  final MembershipLog members;
  final PeerStreams streams = new PeerStreams();
  private final Peer self;
  private final WriteClaims claims;
  private final RandomGenerator random;

  private long now = Long.MIN_VALUE;
  private List<Effect> effects = new ArrayList<>();
  private long armedWake = Role.NEVER;

  private long term;
  private @Nullable Peer votedFor;

  private @Nullable Peer leader; // of this term, as seen in whichever role
  private boolean ballotChanged;
  private long commitIndex;
  private long appliedTime;

  private long lastWrite;
  private long lastBallotWrite;
  private long durableWrite;
  private long writesWaitSince;
  private boolean poisoned;
  private boolean diskSpace = true;
  private long diskFullSince;
  private int lastSession;

  /** The replication of which an AppendEntries has matched last, and how far this term's have. */
  private int followedSession;

  private long verified;

  private @Nullable String unhealthy; // while this term's leader contradicts what is committed
  private long unhealthyTerm;

  private NodeRole toldRole = NodeRole.FOLLOWER;
  private long toldTerm;
  private @Nullable NodeId toldLeader;

  CoreState(
      CoreConfig config, Ballot ballot, LogShape log, Membership founding, RandomGenerator random) {
    this.config = config;
    this.self = new Peer(config.self(), config.incarnation());
    this.log = new LogMetadata(log);
    this.members = new MembershipLog(self, founding, log.memberships());
    this.claims = new WriteClaims(this.log.lastIndex()); // recovery made it durable, D-h
    this.random = random;
    this.term = ballot.term();
    this.votedFor = ballot.votedFor();
    this.toldTerm = term;
  }

  void begin(long nowNanos, List<Effect> into) {
    now = Math.max(now, nowNanos);
    effects = into;
  }

  long now() {
    return now;
  }

  NodeId self() {
    return self.id();
  }

  /** This very directory. */
  Peer selfPeer() {
    return self;
  }

  /** A new election timeout, from [t, 2t) (§5.2). */
  long drawElectionTimeout() {
    return config.electionTimeoutNanos() + random.nextLong(config.electionTimeoutNanos());
  }

  // ---- term and vote

  long term() {
    return term;
  }

  @Nullable Peer votedFor() {
    return votedFor;
  }

  /** Nothing speaks for the new term before the ballot is written: {@link #saveBallot}. */
  void enterTerm(long next) {
    Invariant.TERM_GROWS.require(next > term, next, term);
    term = next;
    votedFor = null;
    leader = null;
    ballotChanged = true;
    followedSession = 0;
    verified = 0;
    if (unhealthy != null && term > unhealthyTerm) {
      unhealthy = null;
      effects.add(new Effect.Unhealthy(null));
    }
  }

  @Nullable Peer leader() {
    return leader;
  }

  /** That one leads this term. */
  void leads(Peer peer) {
    Invariant.ONE_LEADER_PER_TERM.require(leader == null || leader.equals(peer), term, term);
    leader = peer;
  }

  // ---- what this term's leader was seen to agree with; whoever campaigns in vain follows it again

  int followedSession() {
    return followedSession;
  }

  /** How far this log is known to be that of this term's leader. */
  long verified() {
    return verified;
  }

  /** That replication has matched so far; a new one begins anew, also lower. */
  void verified(int session, long index) {
    verified = session == followedSession ? Math.max(verified, index) : index;
    followedSession = session;
  }

  boolean mayVoteFor(Peer candidate) {
    return votedFor == null || votedFor.equals(candidate);
  }

  void voteFor(Peer candidate) {
    Invariant.ONE_VOTE_PER_TERM.require(mayVoteFor(candidate), term, term);
    ballotChanged |= votedFor == null;
    votedFor = candidate;
  }

  /** §5.1: term and vote are on disk before an answer tells of them; one write for both. */
  void saveBallot() {
    if (ballotChanged) {
      ballotChanged = false;
      lastBallotWrite = nextWrite();
      effects.add(new Effect.SaveBallot(lastBallotWrite, term, votedFor));
    }
  }

  /** Only then does a candidate count its own vote (O4). */
  boolean ballotIsDurable() {
    return !ballotChanged && durableWrite >= lastBallotWrite;
  }

  // ---- commit

  long commitIndex() {
    return commitIndex;
  }

  /** The only place where commitIndex moves. */
  void commitTo(long index) {
    Invariant.COMMIT_GROWS.require(index > commitIndex, index, commitIndex);
    Invariant.COMMIT_WITHIN_LOG.require(index <= log.lastIndex(), index, log.lastIndex());
    commitIndex = index;
    members.committed(index);
    effects.add(new Effect.Commit(index));
  }

  /** A leader's: replicas of older entries prove nothing (§5.4.2, Figure 8). */
  void commitCounted(long index) {
    long counted = log.termAt(index);
    Invariant.COMMIT_OF_OWN_TERM.require(counted == term, counted, term);
    commitTo(index);
  }

  void applied(long time) {
    appliedTime = Math.max(appliedTime, time);
  }

  /** Where a new leader's replicated time begins (DESIGN 14). */
  long replicatedTime() {
    return Math.max(log.lastTime(), appliedTime);
  }

  // ---- log

  /** A leader's first entry. */
  void appendNoOp(long time) {
    EntryId id = new EntryId(log.lastIndex() + 1, term);
    long write = logWrite(id.index(), id.index());
    log.append(term, 1, time, commitIndex);
    effects.add(new Effect.AppendOwn(write, id, null, time));
  }

  /** A leader's entries for what the ticket holds. */
  void appendProposed(long ticket, int count, long time) {
    EntryId first = new EntryId(log.lastIndex() + 1, term);
    long write = logWrite(first.index(), log.lastIndex() + count);
    log.append(term, count, time, commitIndex);
    effects.add(new Effect.Append(write, ticket, first, count, time));
  }

  /** A follower's: the entries of that batch from {@code first} on replace what stands there. */
  void appendReceived(EntryBatch entries, List<TermRun> runs, long first, long ticket) {
    Invariant.LEADER_APPENDS_ONLY.require(toldRole != NodeRole.LEADER, first, log.lastIndex());
    boolean changed = false;
    if (first <= log.lastIndex()) {
      Invariant.COMMITTED_STAYS.require(first > commitIndex, first, commitIndex);
      log.truncate(first);
      changed = members.effectiveIndex() >= first;
      members.truncate(first);
    }
    Invariant.TERMS_ALONG_LOG.require(entries.last().term() <= term, entries.last().term(), term);
    long write = logWrite(first, entries.lastIndex());
    log.append(entries, runs, first, commitIndex);
    int count = (int) (entries.lastIndex() - first + 1);
    effects.add(new Effect.Append(write, ticket, log.idAt(first), count, 0));
    for (EntryBatch.MembershipAt entry : entries.memberships()) {
      if (entry.id().index() >= first) {
        members.append(entry);
        changed = true;
      }
    }
    if (changed) {
      effects.add(new Effect.MembershipChanged(members.effectiveIndex(), members.effective()));
    }
  }

  // ---- writes (STORAGE O1 to O5)

  private long nextWrite() {
    Invariant.POISONED_IS_SILENT.require(!poisoned, lastWrite, durableWrite);
    if (durableWrite == lastWrite) {
      writesWaitSince = now;
    }
    return ++lastWrite;
  }

  private long logWrite(long first, long last) {
    saveBallot();
    long write = nextWrite();
    claims.claim(write, first, last);
    return write;
  }

  void durable(long write) {
    Invariant.WRITES_IN_ORDER.require(write <= lastWrite, write, lastWrite);
    if (write > durableWrite) {
      durableWrite = write;
      writesWaitSince = now;
      claims.durable(write);
      long index = claims.durableIndex();
      Invariant.DURABLE_WITHIN_LOG.require(index <= log.lastIndex(), index, log.lastIndex());
    }
  }

  /** Up to here this node's own log is durable, as its entries are now (O3). */
  long durableIndex() {
    return claims.durableIndex();
  }

  /** Own writes wait for two election timeouts: a disk so slow elects nobody either. */
  boolean writesStall() {
    return durableWrite < lastWrite && now - writesWaitSince >= 2 * config.electionTimeoutNanos();
  }

  void poison() {
    poisoned = true;
  }

  boolean isPoisoned() {
    return poisoned;
  }

  /** STORAGE D-e. */
  void diskSpace(boolean available) {
    if (available != diskSpace) {
      diskSpace = available;
      diskFullSince = now;
    }
  }

  boolean hasDiskSpace() {
    return diskSpace;
  }

  /** For an election timeout there was no room. */
  boolean diskStaysFull() {
    return !diskSpace && now - diskFullSince >= config.electionTimeoutNanos();
  }

  // ---- what leaves

  /** Append replies: sent once every write so far is durable (STORAGE O4). */
  void sendWhenDurable(Peer to, Message message) {
    saveBallot();
    send(to, message, lastWrite);
  }

  /** Votes, vote requests, heartbeats, refusals: they wait for term and vote only (O4). */
  void sendWhenBallotDurable(Peer to, Message message) {
    saveBallot();
    send(to, message, lastBallotWrite);
  }

  private void send(Peer to, Message message, long afterWrite) {
    Invariant.POISONED_IS_SILENT.require(!poisoned, lastWrite, durableWrite);
    effects.add(new Effect.Send(to, message, afterWrite));
  }

  /** Its streams end; said once a heartbeat interval, for many of its messages may wait here. */
  void reset(Peer peer, String reason) {
    if (streams.reset(peer, now, config.heartbeatNanos())) {
      effects.add(new Effect.Reset(peer, reason));
    }
  }

  @Nullable String unhealthy() {
    return unhealthy;
  }

  /** STORAGE P4: until the term is over whose leader contradicts what is committed here. */
  void unhealthy(String reason, long untilTermEnds) {
    if (!reason.equals(unhealthy)) {
      unhealthy = reason;
      effects.add(new Effect.Unhealthy(reason));
    }
    unhealthyTerm = untilTermEnds;
  }

  /** A number that no replication session of this process has had, whatever its term. */
  int nextSession() {
    return ++lastSession;
  }

  void sendEntries(Effect.SendEntries entries) {
    effects.add(entries);
  }

  void refuse(long ticket, Refusal refusal) {
    effects.add(new Effect.Refuse(ticket, refusal));
  }

  void readsReady(long ticket, long index) {
    long readTerm = log.termAt(index);
    Invariant.READS_AFTER_OWN_COMMIT.require(readTerm == term, readTerm, term);
    effects.add(new Effect.ReadsReady(ticket, index));
  }

  /** Says role, term and leader, if any of them is not what was said before. */
  void tell(Role role) {
    if (role.name() != toldRole || term != toldTerm || !Objects.equals(role.leader(), toldLeader)) {
      toldRole = role.name();
      toldTerm = term;
      toldLeader = role.leader();
      effects.add(new Effect.RoleChanged(toldRole, toldTerm, toldLeader));
    }
  }

  /** The last {@link Effect.WakeAt} is used up. */
  void woken() {
    armedWake = Role.NEVER;
  }

  /**
   * Asks to be woken, if not already before that time: a deadline that moves out with each message
   * costs one early wake for each timeout, and not an effect for each message.
   */
  void wakeAt(long deadlineNanos) {
    if (deadlineNanos < armedWake) {
      armedWake = deadlineNanos;
      effects.add(new Effect.WakeAt(deadlineNanos));
    }
  }
}
