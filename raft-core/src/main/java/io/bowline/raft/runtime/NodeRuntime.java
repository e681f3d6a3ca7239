package io.bowline.raft.runtime;

import io.bowline.raft.core.CoreConfig;
import io.bowline.raft.core.CoreStatus;
import io.bowline.raft.core.Effect;
import io.bowline.raft.core.Input;
import io.bowline.raft.core.RaftCore;
import io.bowline.raft.founding.Founder;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.FoundingStatus;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One group's node: its stages wired together, its start, its stop, and its fail-stop. Wrong is
 * worse than down: a broken invariant, a failed write or a state machine that throws ends it, keeps
 * its files and says why.
 */
public final class NodeRuntime {
  private final GroupId group;
  private final NodeId self;
  private final RaftStorage storage;
  private final Transport transport;
  private final NodeEvents events;
  private final Mailbox mailbox;
  private final CoreConfig coreConfig;
  private final PeerAddresses peers;
  private final NodeReports reports;
  private final NodeLoop loop;
  private final DiskWriter writer;
  private final ApplyPipeline apply;
  private final NodeMetrics metrics;
  private final NodeWorld world;
  private final Foreign foreign;
  private final HealthWatch health;
  private final NodeEnd end;

  private final GreetingStage greeting;
  private volatile FoundingStatus founding;
  private volatile boolean founded;

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
    this.self = coreConfig.self();
    this.storage = storage;
    this.transport = transport;
    this.events = events;
    this.world = world;
    this.foreign = world.foreign();
    this.metrics = new GuardedMetrics(metrics, foreign);
    this.end = new NodeEnd(this.metrics::close);
    TailCache tail = new TailCache(config.tailCacheBytes());
    Admission admission = new Admission(config, world::nanoTime);
    this.mailbox = new Mailbox(config, admission, tail::undurableBytes);
    Identity identity = storage.identity();
    Membership record = identity.founding().record();
    Membership initial =
        identity.founding().isComplete() && record != null ? record : identity.list();
    this.peers = new PeerAddresses(group, self, transport, foreign, initial, hints);
    this.reports = new NodeReports(group, self, transport, foreign, events, this.metrics);
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
            CoreStatus.beforeFounding(self, storage.ballot(), initial),
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
            reports::serves);
    Founder founder = founder(identity, transport.address(), listensFirst);
    this.founding = founder.status();
    this.greeting =
        new GreetingStage(group, self, storage, world, founder, peers::counts, new Greetings());
    foreign.onFatal(stages::outOfMemory);
  }

  private Founder founder(Identity identity, String address, boolean listensFirst) {
    Membership list = identity.list();
    DirectoryState state =
        new DirectoryState(
            identity.incarnation(),
            identity.current(),
            identity.founding(),
            list.listHash(),
            Membership.FEATURE_LEVEL,
            address);
    long timeout = coreConfig.electionTimeoutNanos();
    return new Founder(self, state, list, listensFirst, world.nanoTime(), timeout);
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
    return end.hasBegun();
  }

  NodeReports reports() {
    return reports;
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
      peers.tell(peers.membership());
    }
    transport.openGroup(group);
    greeting.start();
  }

  /** No ballot and no log write is issued before this (identity 6). */
  private void begin(Membership record) {
    RaftCore core =
        new RaftCore(coreConfig, storage.ballot(), storage.log(), record, world.random("core"));
    peers.tell(core.status().effective());
    founded = true;
    loop.task(() -> loop.begin(core));
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
      if (!end.hasBegun()) {
        reports.founded(record);
        begin(record);
      }
    }

    @Override
    public void connected(Peer peer) {
      if (!end.hasBegun()) {
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
    if (end.hasBegun() || !founded) {
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
    if (end.hasBegun() || !founded) {
      return notServing();
    }
    Refusal refusal = mailbox.offer(new Mailbox.Queries(queries));
    if (refusal == null) {
      wake(lent);
    }
    return leads() ? refusal : elsewhere(refusal);
  }

  private boolean leads() {
    return reports.view().role() == NodeRole.LEADER;
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

  private Refusal notServing() {
    return end.hasBegun() ? closedRefusal() : new Refusal.NotFounded(founding.text());
  }

  private Refusal closedRefusal() {
    return new Refusal.Closed("node " + self + " of group " + group + " is closed or halted");
  }

  /** A peer's message. Any thread. */
  public void received(Message message, Incarnation sender) {
    if (founded && !end.hasBegun() && mailbox.offer(new Mailbox.Received(message, sender))) {
      loop.wakeBorrowing();
    }
  }

  /** Role, term, leader and where it listens. Any thread. */
  public LeaderView view() {
    LeaderView now = reports.view();
    return end.hasBegun() ? new LeaderView(NodeRole.FOLLOWER, now.term(), null, null) : now;
  }

  /** The membership in force. Any thread. */
  public Membership membership() {
    return peers.membership();
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
    return end.haltedBecause();
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
    return end.closed();
  }

  /** Completes, on the log stage, when no write can be issued any more and the lock is released. */
  public CompletableFuture<@Nullable Void> released() {
    return end.released();
  }

  /** What keeps the node from being closed; null once nothing does. */
  public @Nullable String unclosed() {
    return end.unclosed(writer.isWriting());
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
    if (end.begin(halted)) {
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
      apply.retire(end::applyLeft);
      writer.close(end::logReleased);
    }
    foreign.call("the transport", () -> transport.closeGroup(group));
    reports.ended(halted, cause);
    health.end();
    if (halted != null) {
      events.halted(halted, cause);
    }
  }

  /** Raft stage: role, term or known leader changed. */
  void roleChanged(Effect.RoleChanged change) {
    reports.roleChanged(change, peers.of(change.leader()));
    health.leader(change.leader() != null);
  }

  /** Raft stage: the group is not healthy here, and why; null if that is over (STORAGE P4). */
  void unhealthy(@Nullable String reason) {
    if (reason != null) {
      reports.unhealthy(reason);
    }
    health.contradicted(reason != null);
  }

  /** Raft stage: another membership is in force. */
  void membershipChanged(Membership effective) {
    peers.tell(effective);
    reports.membershipChanged(effective);
  }
}
