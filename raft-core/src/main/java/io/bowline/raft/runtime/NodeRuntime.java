package io.bowline.raft.runtime;

import io.bowline.raft.core.CoreConfig;
import io.bowline.raft.core.CoreStatus;
import io.bowline.raft.core.Effect;
import io.bowline.raft.core.Input;
import io.bowline.raft.core.RaftCore;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.transport.GroupHello;
import io.bowline.raft.transport.Transport;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One group's node: its stages wired together, its start, its stop, and its fail-stop. Wrong is
 * worse than down: a broken invariant, a failed write or a state machine that throws ends it, keeps
 * its files and says why.
 */
public final class NodeRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(NodeRuntime.class);

  private final GroupId group;
  private final NodeId self;
  private final RaftStorage storage;
  private final Transport transport;
  private final NodeEvents events;
  private final Mailbox mailbox;
  private final RaftCore core;
  private final NodeLoop loop;
  private final DiskWriter writer;
  private final ApplyPipeline apply;
  private final NodeMetrics metrics;
  private final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();

  private volatile LeaderView view = LeaderView.NONE;
  private volatile Membership membership;
  private volatile @Nullable IOException writeFailure;
  private volatile boolean ending;

  /** Wires a node; {@link #start} sets it going. */
  public NodeRuntime(
      GroupId group,
      CoreConfig coreConfig,
      RuntimeConfig config,
      RaftStorage storage,
      Transport transport,
      NodeEnvironment environment,
      Applier applier,
      NodeEvents events,
      NodeMetrics metrics) {
    this.group = group;
    this.self = coreConfig.self();
    this.storage = storage;
    this.transport = transport;
    this.events = events;
    this.metrics = metrics;
    this.mailbox = new Mailbox(config);
    Membership initial = storage.identity().initial();
    this.membership = initial;
    this.core =
        new RaftCore(
            coreConfig, storage.ballot(), storage.log(), initial, environment.random("core"));
    Stages stages = new Stages();
    TailCache tail = new TailCache(config.tailCacheBytes());
    PendingProposals pending = new PendingProposals();
    this.writer =
        new DiskWriter(
            storage,
            environment,
            environment.executor(NodeEnvironment.Stage.LOG),
            config.idleNanos(),
            metrics,
            stages);
    this.apply =
        new ApplyPipeline(
            environment,
            tail,
            storage,
            applier,
            new SessionTable(initial.settings()),
            pending,
            config.maxApplyBytes(),
            metrics,
            stages);
    this.loop =
        new NodeLoop(
            environment,
            core,
            mailbox,
            writer,
            apply,
            pending,
            metrics,
            stages,
            loopEffects ->
                new EffectRunner(
                    group,
                    self,
                    transport,
                    storage,
                    environment,
                    tail,
                    writer,
                    pending,
                    mailbox,
                    this::wakeLoop,
                    loopEffects));
  }

  private void wakeLoop() {
    loop.wake();
  }

  /** Says hello to the peers and lets the core take its first step. */
  public void start() {
    transport.openGroup(hello());
    tellPeers(core.status().effective());
    loop.post(new Input.Wake());
  }

  /** What this node says of itself before its first message on each connection. */
  public GroupHello hello() {
    return new GroupHello(
        group,
        storage.identity().initial().hash(),
        storage.identity().incarnation(),
        storage.identity().startCounter());
  }

  private void tellPeers(Membership effective) {
    membership = effective;
    Map<NodeId, String> addresses = new LinkedHashMap<>();
    for (Member member : effective.members()) {
      if (!member.id().equals(self)) {
        addresses.put(member.id(), member.address());
      }
    }
    transport.peers(group, addresses);
  }

  /**
   * Hands proposals to the raft stage; null, or why none of them was taken. Any thread.
   *
   * @param lent whether the raft stage may borrow the calling thread for a turn
   */
  public @Nullable Refusal propose(List<? extends Proposal> proposals, boolean lent) {
    if (ending) {
      return closedRefusal();
    }
    long bytes = 0;
    for (Proposal proposal : proposals) {
      bytes += proposal.payloadBytes();
    }
    Refusal refusal = mailbox.offer(new Mailbox.Proposals(proposals, bytes));
    if (refusal == null) {
      wake(lent);
    }
    return refusal;
  }

  /**
   * Hands linearizable reads to the raft stage; null, or why none was taken. Any thread.
   *
   * @param lent whether the raft stage may borrow the calling thread for a turn
   */
  public @Nullable Refusal read(List<? extends Query> queries, boolean lent) {
    if (ending) {
      return closedRefusal();
    }
    Refusal refusal = mailbox.offer(new Mailbox.Queries(queries));
    if (refusal == null) {
      wake(lent);
    }
    return refusal;
  }

  private void wake(boolean lent) {
    if (lent) {
      loop.wakeBorrowing();
    } else {
      loop.wake();
    }
  }

  /** Serving is: knows a leader, and applies. */
  private void serving(boolean now) {
    transport.health(group, now);
    events.serving(now);
  }

  private Refusal closedRefusal() {
    return new Refusal.Closed("node " + self + " of group " + group + " is closed or halted");
  }

  /** A peer's message. Any thread. */
  public void received(Message message, Incarnation sender) {
    if (!ending && mailbox.offer(new Mailbox.Received(message, sender))) {
      loop.wakeBorrowing();
    }
  }

  /** The connection for entries to a peer is open. Any thread. */
  public void connected(NodeId peer, Incarnation incarnation) {
    if (!ending) {
      loop.post(new Input.Connected(peer, incarnation));
    }
  }

  /** Role, term, leader and where it listens. Any thread. */
  public LeaderView view() {
    return view;
  }

  /** The membership in force. Any thread. */
  public Membership membership() {
    return membership;
  }

  /** The last index whose effect is in the state machine. Any thread. */
  public long lastApplied() {
    return apply.lastApplied();
  }

  /** A picture of the core, taken on the raft stage; empty-handed once the node has ended. */
  public void status(Consumer<CoreStatus> receiver) {
    mailbox.put(new Mailbox.Task(() -> receiver.accept(core.status())));
    loop.wake();
  }

  /** Ends in order: what waits is written, the files are closed. Completes when that is done. */
  public CompletableFuture<@Nullable Void> close() {
    end(
        () ->
            loop.stop(
                closedRefusal(),
                "the node was closed before it was seen committed or overwritten"));
    return closed;
  }

  private void end(Runnable onRaftStage) {
    ending = true;
    mailbox.put(
        new Mailbox.Task(
            () -> {
              onRaftStage.run();
              apply.stop();
              transport.closeGroup(group);
              serving(false);
              writer.close(() -> closed.complete(null));
            }));
    loop.wake();
  }

  /** Ends at once: nothing is acknowledged, voted or told any more; the files stay as they are. */
  private void halt(String reason, @Nullable Throwable cause) {
    if (ending) {
      return;
    }
    end(
        () -> {
          LOG.atError()
              .addKeyValue("group", group)
              .addKeyValue("node", self)
              .setCause(cause)
              .log("node halted: {}", reason);
          loop.stop(closedRefusal(), "the node halted: " + reason);
          events.halted(reason, cause);
        });
  }

  /** What the stages tell. */
  private final class Stages
      implements DiskWriter.Listener, ApplyPipeline.Listener, NodeLoop.Listener {
    @Override
    public void durable(long write) {
      loop.postHere(new Input.Durable(write));
    }

    @Override
    public void writeFailed(long write, IOException cause) {
      writeFailure = cause;
      loop.post(new Input.WriteFailed(write));
    }

    /** After the core has made its peace with it: D-e, only a restart opens the log again. */
    @Override
    public void writeFailed() {
      IOException cause = writeFailure;
      halt(
          "a write to the log failed ("
              + (cause == null ? "no cause" : cause.getMessage())
              + "): mend the disk and restart the process; see docs/operations/damaged-log.md",
          cause);
    }

    @Override
    public void readFailed(long index, StorageException cause) {
      halt(
          "entries from "
              + index
              + " on, which a follower needs, cannot be read: "
              + cause.getMessage()
              + "; see docs/operations/damaged-log.md",
          cause);
    }

    @Override
    public void room(boolean available) {
      if (!available) {
        LOG.atWarn()
            .addKeyValue("group", group)
            .addKeyValue("node", self)
            .log("no room on the disk for another segment: proposals are refused until there is");
      }
      loop.post(new Input.DiskSpace(available));
    }

    @Override
    public void applied(long index, long timeNanos) {
      loop.applied(new Input.Applied(index, timeNanos));
    }

    @Override
    public void applyFailed(long index, Throwable cause) {
      halt(
          "applying the entry at index "
              + index
              + " threw "
              + cause
              + ": no entry is skipped; mend the state machine and restart",
          cause);
    }

    @Override
    public void crashed(Throwable cause) {
      halt(String.valueOf(cause.getMessage()), cause);
    }

    @Override
    public void roleChanged(Effect.RoleChanged change) {
      NodeId leader = change.leader();
      Member member = leader == null ? null : membership.member(leader);
      view =
          new LeaderView(
              change.role(), change.term(), leader, member == null ? null : member.address());
      LOG.atLevel(Level.INFO)
          .addKeyValue("group", group)
          .addKeyValue("node", self)
          .addKeyValue("term", change.term())
          .addKeyValue("role", change.role())
          .addKeyValue("leader", leader)
          .log("role changed");
      metrics.set("bowline.term", change.term());
      events.roleChanged(change.role(), change.term(), leader);
      serving(leader != null);
    }

    @Override
    public void membershipChanged(Effect.MembershipChanged change) {
      tellPeers(change.membership());
      events.membershipChanged(change.membership());
    }
  }
}
