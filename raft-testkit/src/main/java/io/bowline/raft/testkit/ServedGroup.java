package io.bowline.raft.testkit;

import io.bowline.raft.RaftConfig;
import io.bowline.raft.RaftException;
import io.bowline.raft.RaftHost;
import io.bowline.raft.RaftListener;
import io.bowline.raft.RaftNode;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.storage.StorageProvider;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One group as a process serves it: the node that ships, its state machine, and who embeds it. */
final class ServedGroup<C, R> {
  /** Each of its embedder's calls has ended by then. */
  static final Duration PROPOSAL_TIMEOUT = Duration.ofSeconds(5);

  private final Cluster cluster;
  private final SimulatedNode machine;
  private final Life life;
  private final ForeignCode foreign;
  private final boolean isFirst;
  private final WatchedMachine<C, R> applied;
  private final RaftNode<C, R> node;
  private final Embedder<C, R> embedder;

  /** Opens it, which recovers. */
  ServedGroup(
      Cluster cluster,
      SimulatedNode machine,
      Life life,
      Service<C, R> service,
      RaftHost host,
      StorageProvider place,
      Membership initial,
      Prng random)
      throws RaftException {
    this.cluster = cluster;
    this.machine = machine;
    this.life = life;
    this.foreign = machine.foreign();
    this.isFirst = service == cluster.service();
    this.applied = new WatchedMachine<>(cluster, service, machine.slot(), foreign);
    this.node =
        host.group(service.group(), applied)
            .commands(ForeignCodec.ofCommands(service.commands(), foreign))
            .replies(ForeignCodec.ofReplies(service.application().replies(), foreign))
            .storage(place)
            .config(config(machine.settings()))
            .listener(new Watch())
            .bootstrapOrResume(initial);
    this.embedder = new Embedder<>(service, machine.slot(), life, node, random, foreign);
    embedder.begin(machine.settings().embedderNanos());
  }

  RaftNode<C, R> node() {
    return node;
  }

  /** The last index that its state machine has applied. */
  long lastApplied() {
    return applied.lastIndex();
  }

  /** Closes it in order; nobody asks it any more. */
  CompletableFuture<@Nullable Void> close() {
    embedder.end();
    return node.closeAsync();
  }

  private static RaftConfig config(NodeSettings settings) {
    return RaftConfig.builder()
        .heartbeatInterval(Duration.ofNanos(settings.heartbeatNanos()))
        .electionTimeout(Duration.ofNanos(settings.electionTimeoutNanos()))
        .maxBatchBytes(settings.maxBatchBytes())
        .maxInflightBytes(settings.maxInflightBytes())
        .maxInflightMessages(settings.maxInflightMessages())
        .tailCacheBytes(settings.tailCacheBytes())
        .maxUncommittedBytes(settings.maxUncommittedBytes())
        .maxMailboxItems(settings.maxMailboxItems())
        .maxWaitingReads(settings.maxWaitingReads())
        .proposalTimeout(PROPOSAL_TIMEOUT)
        .build();
  }

  /** What the node says of itself; foreign code, which may throw when it has listened. */
  private final class Watch implements RaftListener {
    @Override
    public void leadershipGained(long term) {
      if (isFirst) {
        cluster.wire().leads(machine.slot(), term);
      }
      if (isFirst && !life.isDead()) {
        cluster.protocol().promises().leads(machine.slot(), term);
      }
      foreign.called(Seam.LISTENER);
    }

    @Override
    public void leadershipLost(long term) {
      foreign.called(Seam.LISTENER);
    }

    @Override
    public void leaderChanged(Optional<NodeId> leader, long term) {
      foreign.called(Seam.LISTENER);
    }

    @Override
    public void healthChanged(boolean serving) {
      foreign.called(Seam.LISTENER);
    }

    @Override
    public void halted(String reason) {
      if (!life.isDead()) {
        machine.halted(life, reason);
      }
      foreign.called(Seam.LISTENER);
    }
  }
}
