package io.bowline.raft.runtime;

import io.bowline.raft.core.CoreConfig;
import io.bowline.raft.core.CoreStatus;
import io.bowline.raft.core.Effect;
import io.bowline.raft.core.Input;
import io.bowline.raft.core.RaftCore;
import io.bowline.raft.founding.Founder;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.FoundingStatus;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.storage.Identity;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.transport.DirectoryState;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.GroupWord;
import io.bowline.raft.transport.Transport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One group's node: its stages wired together, its start, its stop, and its fail-stop. Wrong is
 * worse than down: a broken invariant, a failed write or a state machine that throws ends it, keeps
 * its files and says why.
 */
public final class NodeRuntime {
  private static final NodeLog LOG = NodeLog.of(NodeRuntime.class);

  private final GroupId group;
  private final NodeId self;
  private final RaftStorage storage;
  private final Transport transport;
  private final NodeEvents events;
  private final Mailbox mailbox;
  private final CoreConfig coreConfig;
  private final @Nullable Membership hints;
  private final NodeLoop loop;
  private final DiskWriter writer;
  private final ApplyPipeline apply;
  private final NodeMetrics metrics;
  private final NodeWorld world;
  private final Foreign foreign;
  private final HealthWatch health;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final CompletableFuture<@Nullable Void> released = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> applyLeft = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> closed;

  private volatile LeaderView view = LeaderView.NONE;
  private final GreetingStage greeting;
  private volatile Membership membership;
  private volatile FoundingStatus founding;
  private volatile boolean founded;
  private volatile @Nullable String haltedBecause;

  /**
   * Wires a node; {@link #start} sets it going.
   *
   * @param hints a membership that says where else members may be reached; null for none
   * @param listensFirst whether a single member listens for its group before it founds it anew
   *     (identity 10)
   */
  public NodeRuntime(
      GroupId group,
      CoreConfig coreConfig,
      RuntimeConfig config,
      RaftStorage storage,
      Transport transport,
      NodeWorld world,
      Applier applier,
      NodeEvents events,
      NodeMetrics metrics,
      @Nullable Membership hints,
      boolean listensFirst) {
    this.group = group;
    this.coreConfig = coreConfig;
    this.hints = hints;
    this.self = coreConfig.self();
    this.storage = storage;
    this.transport = transport;
    this.events = events;
    this.world = world;
    this.foreign = world.foreign();
    this.metrics = new GuardedMetrics(metrics, foreign);
    this.closed = CompletableFuture.allOf(released, applyLeft).thenRun(this.metrics::close);
    TailCache tail = new TailCache(config.tailCacheBytes());
    Admission admission = new Admission(config, world::nanoTime);
    this.mailbox = new Mailbox(config, admission, tail::undurableBytes);
    Identity identity = storage.identity();
    Membership record = identity.founding().record();
    Membership initial =
        identity.founding().isComplete() && record != null ? record : identity.list();
    this.membership = initial;
    NodeStages stages = new NodeStages(this);
    PendingProposals pending = new PendingProposals();
    this.writer =
        new DiskWriter(
            storage,
            world,
            world.executor(NodeEnvironment.Stage.LOG),
            config.idleNanos(),
            this.metrics,
            stages);
    this.apply =
        new ApplyPipeline(
            world,
            tail,
            storage,
            applier,
            new SessionTable(initial.settings()),
            pending,
            admission,
            config.maxApplyBytes(),
            this.metrics,
            stages);
    this.loop =
        new NodeLoop(
            world,
            unfounded(initial),
            mailbox,
            writer,
            apply,
            pending,
            admission,
            this.metrics,
            stages,
            loopEffects ->
                new EffectRunner(
                    group,
                    self,
                    transport,
                    storage,
                    world,
                    tail,
                    writer,
                    pending,
                    mailbox,
                    this::wakeLoop,
                    loopEffects));
    this.health =
        new HealthWatch(
            coreConfig.electionTimeoutNanos(),
            world,
            apply,
            writer,
            this::lookAtHealth,
            this::serves);
    Founder founder =
        new Founder(
            self,
            new DirectoryState(
                identity.incarnation(),
                identity.current(),
                identity.founding(),
                identity.list().listHash(),
                Membership.FEATURE_LEVEL,
                transport.address()),
            identity.list(),
            listensFirst,
            world.nanoTime(),
            coreConfig.electionTimeoutNanos());
    this.founding = founder.status();
    this.greeting =
        new GreetingStage(group, self, storage, world, founder, this::counts, new Greetings());
    foreign.onFatal(stages::outOfMemory);
  }

  /** The picture of a node before there is a core. */
  private CoreStatus unfounded(Membership list) {
    return new CoreStatus(
        self,
        NodeRole.FOLLOWER,
        storage.ballot().term(),
        storage.ballot().votedFor(),
        null,
        EntryId.ZERO,
        0,
        0,
        null,
        list,
        List.of());
  }

  /** Whether that directory is one of those that the membership in force names. */
  private boolean counts(Incarnation directory) {
    return membership.members().stream().anyMatch(m -> directory.equals(m.incarnation()));
  }

  private void lookAtHealth() {
    loop.task(health::heard);
  }

  NodeLoop loop() {
    return loop;
  }

  HealthWatch health() {
    return health;
  }

  boolean isEnded() {
    return ended.get();
  }

  void warn(String message) {
    LOG.warn(null, message, "group", group, "node", self);
  }

  private void wakeLoop() {
    loop.wake();
  }

  /** Gets to know the peers; as soon as the group is founded the core takes its first step. */
  public void start() {
    Founding stored = storage.identity().founding();
    Membership record = stored.record();
    if (stored.isComplete() && record != null) {
      begin(record);
    } else {
      tellPeers(membership);
    }
    transport.openGroup(group);
    greeting.start();
  }

  /** No ballot and no log write is issued before this (identity 6). */
  private void begin(Membership record) {
    RaftCore core =
        new RaftCore(coreConfig, storage.ballot(), storage.log(), record, world.random("core"));
    tellPeers(core.status().effective());
    founded = true;
    loop.task(() -> loop.begin(core));
  }

  /** Where each member listens: as the membership says, and where else it may be tried. */
  private void tellPeers(Membership effective) {
    membership = effective;
    Map<NodeId, List<String>> addresses = new LinkedHashMap<>();
    for (Member member : effective.members()) {
      Member hint = hints == null ? null : hints.member(member.id());
      boolean moved = hint != null && !hint.address().equals(member.address());
      if (!member.id().equals(self)) {
        addresses.put(
            member.id(),
            hint != null && moved
                ? List.of(member.address(), hint.address())
                : List.of(member.address()));
      }
    }
    foreign.call("the transport", () -> transport.peers(group, addresses));
  }

  /** How far the founding of the group is here. Any thread. */
  public FoundingStatus founding() {
    return founding;
  }

  /** By which founding this node serves; null while it is not complete here. Any thread. */
  public @Nullable FoundingId foundingId() {
    return founded ? storage.identity().founding().id() : null;
  }

  // ---- what the transport tells, on its threads

  /** A stream that this host has dialled may carry the group. */
  public void opened(GroupLink link) {
    greeting.opened(link);
  }

  /** A word of a handshake. */
  public void said(GroupLink link, GroupWord word) {
    greeting.said(link, word);
  }

  /** The other side refused the group on that stream. */
  public void refused(GroupLink link, String reason) {
    greeting.refused(link, reason);
  }

  /** That stream carries the group no more. */
  public void closed(GroupLink link) {
    greeting.closed(link);
  }

  /** What the founding and the handshakes bring. */
  private final class Greetings implements GreetingStage.Listener {
    @Override
    public void founded(Membership record) {
      if (!ended.get()) {
        LOG.info(
            "group " + group + " is founded, node " + self + " is complete",
            "group",
            group,
            "node",
            self,
            "founding",
            FoundingId.of(record));
        begin(record);
      }
    }

    @Override
    public void connected(Peer peer) {
      if (!ended.get()) {
        loop.post(new Input.Connected(peer));
      }
    }

    @Override
    public void founding(FoundingStatus status) {
      founding = status;
      metrics.set("bowline.founding.complete", status.state() == Founding.State.COMPLETE ? 1 : 0);
    }

    @Override
    public void mustEnd(String reason, Throwable cause) {
      halt(reason, cause);
    }
  }

  /**
   * Hands proposals to the raft stage; null, or why none of them was taken. Any thread.
   *
   * @param lent whether the raft stage may borrow the calling thread for a turn
   */
  public @Nullable Refusal propose(List<? extends Proposal> proposals, boolean lent) {
    if (ended.get() || !founded) {
      return notServing();
    }
    long bytes = 0;
    for (Proposal proposal : proposals) {
      bytes += proposal.payloadBytes();
    }
    Refusal refusal = mailbox.offer(new Mailbox.Proposals(proposals, bytes));
    if (refusal == null) {
      wake(lent);
    }
    return leads() ? refusal : elsewhere(refusal);
  }

  /**
   * Hands linearizable reads to the raft stage; null, or why none was taken. Any thread.
   *
   * @param lent whether the raft stage may borrow the calling thread for a turn
   */
  public @Nullable Refusal read(List<? extends Query> queries, boolean lent) {
    if (ended.get() || !founded) {
      return notServing();
    }
    Refusal refusal = mailbox.offer(new Mailbox.Queries(queries));
    if (refusal == null) {
      wake(lent);
    }
    return leads() ? refusal : elsewhere(refusal);
  }

  private boolean leads() {
    return view.role() == NodeRole.LEADER;
  }

  /** Who does not lead has no need to say that it is full. */
  private static @Nullable Refusal elsewhere(@Nullable Refusal refusal) {
    return refusal == null ? null : new Refusal.NotLeader();
  }

  private void wake(boolean lent) {
    if (lent) {
      loop.wakeBorrowing();
    } else {
      loop.wake();
    }
  }

  private void serves(Health.@Nullable Trouble trouble) {
    boolean now = trouble == null;
    if (trouble == Health.Trouble.DISK_STALLED || trouble == Health.Trouble.APPLY_STUCK) {
      warn("does not serve: " + trouble.meaning());
    }
    foreign.call("the transport", () -> transport.health(group, now));
    events.serving(now);
  }

  private Refusal notServing() {
    return ended.get() ? closedRefusal() : new Refusal.NotFounded(founding.text());
  }

  private Refusal closedRefusal() {
    return new Refusal.Closed("node " + self + " of group " + group + " is closed or halted");
  }

  /** A peer's message. Any thread. */
  public void received(Message message, Incarnation sender) {
    if (founded && !ended.get() && mailbox.offer(new Mailbox.Received(message, sender))) {
      loop.wakeBorrowing();
    }
  }

  /** Role, term, leader and where it listens. Any thread. */
  public LeaderView view() {
    LeaderView now = view;
    return ended.get() ? new LeaderView(NodeRole.FOLLOWER, now.term(), null, null) : now;
  }

  /** The membership in force. Any thread. */
  public Membership membership() {
    return membership;
  }

  /** The last index whose effect is in the state machine. Any thread. */
  public long lastApplied() {
    return apply.lastApplied();
  }

  /** A picture of the core, on the callback executor; of a node that has ended the last one. */
  public void status(Consumer<CoreStatus> receiver) {
    loop.picture(picture -> callbacks().execute(() -> receiver.accept(picture)));
  }

  /** Why the node stopped for good; null if it did not. */
  public @Nullable String haltedBecause() {
    return haltedBecause;
  }

  /** Where the embedder's code is called. */
  public Executor callbacks() {
    return world.executor(NodeEnvironment.Stage.CALLBACK);
  }

  /**
   * Ends in order: what waits is written, the files are closed. Idempotent, also after a halt.
   *
   * @return completes, on a stage of ours, when the log is closed and the state machine left
   */
  public CompletableFuture<@Nullable Void> close() {
    end("the node was closed before it was seen committed or overwritten", null, null);
    return closed.copy();
  }

  /** Completes, on the log stage, when no write can be issued any more and the lock is released. */
  public CompletableFuture<@Nullable Void> released() {
    return released;
  }

  /** What keeps the node from being closed; null once nothing does. */
  public @Nullable String unclosed() {
    if (!released.isDone()) {
      return writer.isWriting()
          ? "a write to its log has not come back, so its directory stays locked"
          : "its log is not closed yet";
    }
    if (!applyLeft.isDone()) {
      return "its state machine has not come back from its last call";
    }
    return closed.isDone() ? null : "its metrics sink has not come back from its close";
  }

  /** Whether nothing of it runs, waits or will: what a node that was closed must become. */
  public boolean isStill() {
    return loop.isStill()
        && greeting.isStill()
        && writer.isStill()
        && apply.isStill()
        && world.underWay() == 0;
  }

  /** Code that is not ours threw on a thread that is not ours: memory that has run out ends it. */
  public void threw(String seam, Throwable cause) {
    foreign.threw(seam, cause);
  }

  /** Ends at once: nothing is acknowledged, voted or told any more; the files stay as they are. */
  void halt(String reason, @Nullable Throwable cause) {
    end("the node halted: " + reason, reason, cause);
  }

  /** Once, whoever is first; a halted node may be closed, which changes nothing more. */
  private void end(String unknown, @Nullable String halted, @Nullable Throwable cause) {
    if (ended.compareAndSet(false, true)) {
      haltedBecause = halted; // before anybody hears of the end
      loop.end(() -> endOnRaftStage(unknown, halted, cause));
    }
  }

  /** Each step whatever becomes of the one before: the log is closed in any case. */
  private void endOnRaftStage(String unknown, @Nullable String halted, @Nullable Throwable cause) {
    try {
      greeting.stop();
      loop.stop(closedRefusal(), unknown);
    } finally {
      apply.stop();
      apply.retire(() -> applyLeft.complete(null));
      writer.close(() -> released.complete(null));
    }
    foreign.call("the transport", () -> transport.closeGroup(group));
    if (halted != null) {
      LOG.error(cause, "node halted: " + halted, "group", group, "node", self);
    }
    events.roleChanged(NodeRole.FOLLOWER, view.term(), null);
    health.end();
    if (halted != null) {
      events.halted(halted, cause);
    }
  }

  /** Raft stage: role, term or known leader changed. */
  void roleChanged(Effect.RoleChanged change) {
    NodeId leader = change.leader();
    Member member = leader == null ? null : membership.member(leader);
    view =
        new LeaderView(
            change.role(), change.term(), leader, member == null ? null : member.address());
    LOG.info(
        "role changed",
        "group",
        group,
        "node",
        self,
        "term",
        change.term(),
        "role",
        change.role(),
        "leader",
        leader);
    metrics.set("bowline.term", change.term());
    events.roleChanged(change.role(), change.term(), leader);
    health.leader(leader != null);
  }

  /** Raft stage: what that directory said cannot be, or it answers no more. */
  void reset(Peer peer, String reason) {
    LOG.warn(
        null,
        "streams of " + peer.id() + " are ended: " + reason,
        "group",
        group,
        "node",
        self,
        "peer",
        peer);
    foreign.call("the transport", () -> transport.reset(group, peer, reason));
  }

  /** Raft stage: the group is not healthy here, and why; null if that is over (STORAGE P4). */
  void unhealthy(@Nullable String reason) {
    if (reason != null) {
      LOG.error(
          null,
          "the group is unhealthy: " + reason + "; see docs/operations/damaged-log.md",
          "group",
          group,
          "node",
          self);
    }
    health.contradicted(reason != null);
  }

  /** Raft stage: another membership is in force. */
  void membershipChanged(Effect.MembershipChanged change) {
    tellPeers(change.membership());
    events.membershipChanged(change.membership());
  }
}
