package io.bowline.raft.testkit;

import io.bowline.raft.RaftConfig;
import io.bowline.raft.RaftException;
import io.bowline.raft.RaftHost;
import io.bowline.raft.RaftListener;
import io.bowline.raft.RaftNode;
import io.bowline.raft.model.Membership;
import io.bowline.raft.runtime.NodeEnvironment;
import io.bowline.raft.storage.SegmentedStorage;
import io.bowline.raft.storage.StorageProvider;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One life of a node on its machine: host, node and log as they ship, over a simulated world. */
final class NodeProcess {
  /** Each of its embedder's calls has ended by then. */
  static final Duration PROPOSAL_TIMEOUT = Duration.ofSeconds(5);

  private final Cluster cluster;
  private final SimulatedNode machine;
  private final Life life;
  private final ProcessDisk disk;
  private @Nullable SimulatedEnvironment environment;
  private @Nullable RaftNode<?, ?> node;
  private @Nullable WatchedMachine<?, ?> applied;

  NodeProcess(Cluster cluster, SimulatedNode machine, Life life, ProcessDisk disk) {
    this.cluster = cluster;
    this.machine = machine;
    this.life = life;
    this.disk = disk;
  }

  Life life() {
    return life;
  }

  ProcessDisk disk() {
    return disk;
  }

  /** The node once it has started. */
  @Nullable RaftNode<?, ?> node() {
    return node;
  }

  /** The last index that its state machine has applied. */
  long lastApplied() {
    return applied == null ? 0 : applied.lastIndex();
  }

  /** Whether it keeps to its bounds. */
  void census(BoundsChecks bounds) {
    if (environment != null && !life.isDead()) {
      boolean paused = life.pausedUntil() > cluster.simulation().now();
      bounds.census(machine.slot(), environment.timers(), environment.waiting(), paused);
      machine.checks().census();
    }
  }

  /** Starts it, which recovers. */
  void open(Membership initial, Prng random) throws RaftException {
    int slot = machine.slot();
    NodeSettings settings = machine.settings();
    SimulatedEnvironment world =
        new SimulatedEnvironment(
            cluster.simulation(),
            life,
            machine.clock(),
            disk,
            random,
            settings.stageNanos(),
            settings.applyNanos());
    environment = world;
    RaftHost host =
        RaftHost.builder()
            .cluster(Cluster.CLUSTER)
            .node(cluster.id(slot))
            .transport(cluster.network().transport(life, Cluster.address(slot)))
            .environment(world)
            .metrics(new Gauges(cluster.protocol(), slot, life))
            .open();
    StorageProvider place =
        new SegmentedStorage(
            disk,
            SimulatedNode.DIRECTORY,
            machine.options(),
            world.executor(NodeEnvironment.Stage.SNAPSHOT));
    StorageProvider watched = WatchedStorage.provider(place, machine.checks());
    serve(cluster.service(), host, watched, initial, random);
  }

  private <C, R> void serve(
      Service<C, R> service, RaftHost host, StorageProvider place, Membership initial, Prng random)
      throws RaftException {
    WatchedMachine<C, R> watched = new WatchedMachine<>(cluster, service, machine.slot());
    RaftNode<C, R> serving =
        host.group(Cluster.GROUP, watched)
            .commands(service.commands())
            .replies(service.application().replies())
            .storage(place)
            .config(config(machine.settings()))
            .listener(new Watch())
            .bootstrapOrResume(initial);
    node = serving;
    applied = watched;
    new Embedder<>(service, machine.slot(), life, serving, random.split("embedder"))
        .begin(machine.settings().embedderNanos());
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

  /** What the node says of itself. */
  private final class Watch implements RaftListener {
    @Override
    public void leadershipGained(long term) {
      cluster.wire().leads(machine.slot(), term);
      if (!life.isDead()) {
        cluster.protocol().promises().leads(machine.slot(), term);
      }
    }

    @Override
    public void halted(String reason) {
      if (!life.isDead()) {
        machine.halted(NodeProcess.this, reason);
      }
    }
  }
}
