package io.bowline.raft.core;

import io.bowline.raft.model.Frame;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.Refusal;
import java.util.List;

/** Figure 2, "Leaders". Made when an election is won and dropped when the term ends. */
final class Leader implements Role {
  /** Send times are kept for so many rounds; an answer that is older tells nothing. */
  private static final int ROUNDS_KEPT = 256;

  private final RaftCore core;
  private final CoreState state;
  private final Replicator replicator;
  private final ReadQueue reads;

  private final long electedAt;
  private final long timeAtElection;
  private final long firstOwnIndex;

  private final long[] roundSentAt = new long[ROUNDS_KEPT];
  private long round;
  private long nextBeatAt;

  /** Last index and bytes of the frames of each batch that is proposed and not committed. */
  private final LongPairs uncommitted = new LongPairs();

  private long uncommittedBytes;

  Leader(RaftCore core, CoreState state) {
    this.core = core;
    this.state = state;
    this.replicator = new Replicator(state);
    this.reads = new ReadQueue(state);
    this.electedAt = state.now();
    this.timeAtElection = state.replicatedTime();
    this.firstOwnIndex = state.log.lastIndex() + 1;
  }

  /** First thing in its life, once it is the role: a no-op lets older entries commit (§8). */
  void begin() {
    state.appendNoOp(replicatedTime());
    beat();
    replicator.sendToAll();
  }

  @Override
  public NodeRole name() {
    return NodeRole.LEADER;
  }

  @Override
  public NodeId leader() {
    return state.self();
  }

  /** DESIGN 14: own monotonic clock since the election; never falls along the log. */
  private long replicatedTime() {
    return Math.min(Message.MAX_NUMBER, timeAtElection + state.now() - electedAt);
  }

  // ---- proposals

  void propose(Input.Propose proposal) {
    long allowed = state.config.maxUncommittedBytes();
    long bytes = proposal.bytes() + (long) proposal.count() * Frame.HEADER_BYTES;
    if (!state.hasDiskSpace()) {
      state.refuse(
          proposal.ticket(), new Refusal.DiskFull("no room for another segment of the log"));
    } else if (uncommittedBytes > 0 && uncommittedBytes + bytes > allowed) {
      state.refuse(
          proposal.ticket(),
          new Refusal.Overloaded("maxUncommittedBytes", allowed, uncommittedBytes));
    } else {
      state.appendProposed(proposal.ticket(), proposal.count(), replicatedTime());
      uncommitted.add(state.log.lastIndex(), bytes);
      uncommittedBytes += bytes;
      replicator.sendToAll();
    }
  }

  // ---- replication

  @Override
  public void receive(Message message, Peer sender) {
    Progress peer = replicator.peer(sender);
    if (peer == null) { // only what the membership names moves anything (identity 13)
      return;
    }
    if (message instanceof Message.AppendReply reply) {
      replicator.answered(peer, reply);
      advanceCommit(); // before more is sent, so that it is told at once
      replicator.sendTo(peer);
    } else if (message instanceof Message.HeartbeatReply reply) {
      beatAnswered(peer, reply);
    }
  }

  @Override
  public void durable() {
    advanceCommit();
  }

  @Override
  public void sent(Input.Sent sent) {
    Progress peer = replicator.peer(sent.to());
    if (peer != null && peer.session() == sent.session()) {
      replicator.sent(peer, sent);
    }
  }

  @Override
  public void sendFailed(Input.SendFailed failed) {
    Progress peer = replicator.peer(failed.to());
    if (peer != null && peer.session() == failed.session()) {
      peer.failed(state.now() + state.config.heartbeatNanos());
    }
  }

  @Override
  public void connected(Peer connected) {
    Progress peer = replicator.peer(connected);
    if (peer != null) {
      peer.open(state.nextSession(), state.log.lastIndex() + 1, state.now());
      replicator.sendTo(peer);
    }
  }

  /** §5.3, §5.4.2: only an entry of this term is counted; older ones commit with it (Figure 8). */
  private void advanceCommit() {
    long agreed = replicator.agreedIndex();
    if (agreed > state.commitIndex() && agreed >= firstOwnIndex) {
      state.commitCounted(agreed);
      while (!uncommitted.isEmpty() && uncommitted.first() <= agreed) {
        uncommittedBytes -= uncommitted.second();
        uncommitted.remove();
      }
    }
  }

  // ---- heartbeats, check-quorum, reads

  /** A new round, never used again by a retry. */
  private void beat() {
    round++;
    roundSentAt[(int) (round % ROUNDS_KEPT)] = state.now();
    nextBeatAt = state.now() + state.config.heartbeatNanos();
    reads.roundBegins(round);
    replicator.resetSilent();
    replicator.beat(round);
    reads.confirmed(replicator.agreedRound()); // at once if there is no other voter
  }

  private void beatAnswered(Progress peer, Message.HeartbeatReply reply) {
    if (reply.round() <= round && reply.round() > Math.max(0, round - ROUNDS_KEPT)) {
      long sentAt = roundSentAt[(int) (reply.round() % ROUNDS_KEPT)];
      peer.answeredRound(reply.round(), reply.session(), sentAt, state.now());
      reads.confirmed(replicator.agreedRound());
      beatForReads();
    }
    replicator.alive(peer);
  }

  /** Thesis §6.4; before the own term's first commit nobody knows what is committed. */
  void read(Input.Read read) {
    if (state.commitIndex() < firstOwnIndex) {
      state.refuse(read.ticket(), new Refusal.NotLeader());
      return;
    }
    reads.add(read);
    beatForReads();
  }

  private void beatForReads() {
    if (reads.wantsRound()) {
      beat();
    }
  }

  @Override
  public boolean hearsLeader() {
    return state.now() < quorumDeadline();
  }

  /** A quorum elected it, so none was last heard before that, even if none can be counted now. */
  private long quorumDeadline() {
    long contact = replicator.quorumContact();
    return contact == Long.MAX_VALUE
        ? NEVER
        : Math.max(contact, electedAt) + state.config.electionTimeoutNanos();
  }

  @Override
  public long wakeAtNanos() {
    return state.config.checkQuorum() ? Math.min(nextBeatAt, quorumDeadline()) : nextBeatAt;
  }

  @Override
  public void wake() {
    if (mustStepDown()) {
      core.becomeFollower(state.term(), null);
    } else if (state.now() >= nextBeatAt) {
      beat();
      replicator.sendToAll();
    }
  }

  /** Thesis §6.2: a leader that cannot lead makes room; and so does one that cannot write. */
  private boolean mustStepDown() {
    boolean quorumIsGone = state.config.checkQuorum() && state.now() >= quorumDeadline();
    return quorumIsGone || state.writesStall() || state.diskStaysFull();
  }

  @Override
  public void end() {
    reads.refuseAll();
  }

  List<CoreStatus.Peer> peers() {
    return replicator.status();
  }
}
