package io.bowline.raft.testkit;

import io.bowline.raft.RaftException;
import io.bowline.raft.RaftHost;
import io.bowline.raft.RaftNode;
import io.bowline.raft.model.Membership;
import io.bowline.raft.runtime.NodeEnvironment;
import io.bowline.raft.storage.SegmentedStorage;
import io.bowline.raft.storage.StorageProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One life of a node on its machine: host, nodes and logs as they ship, over a simulated world. */
final class NodeProcess {
  private final Cluster cluster;
  private final SimulatedNode machine;
  private final Life life;
  private final ProcessDisk disk;
  private final List<ServedGroup<?, ?>> groups = new ArrayList<>();
  private @Nullable SimulatedEnvironment environment;
  private @Nullable RaftHost host;

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

  /** The node of the first group once it has started. */
  @Nullable RaftNode<?, ?> node() {
    return groups.isEmpty() ? null : groups.get(0).node();
  }

  /** The last index that its state machine has applied. */
  long lastApplied() {
    return groups.isEmpty() ? 0 : groups.get(0).lastApplied();
  }

  /** The same of the group beside it. */
  long neighbourApplied() {
    return groups.size() < 2 ? 0 : groups.get(1).lastApplied();
  }

  /** Its stages, timers and clock, once it has started. */
  @Nullable SimulatedEnvironment environment() {
    return environment;
  }

  /** Whether it keeps to its bounds. */
  void census(BoundsChecks bounds) {
    if (environment != null && !life.isDead()) {
      boolean paused = environment.stands() || life.pausedUntil() > cluster.simulation().now();
      int timers = environment.timers() / Math.max(1, groups.size());
      bounds.census(machine.slot(), timers, environment.waiting(), paused);
      machine.checks().census();
    }
  }

  /** Starts it, which recovers. */
  void open(Membership initial, Prng random) throws RaftException {
    int slot = machine.slot();
    NodeSettings settings = machine.settings();
    Service<?, ?> neighbour = cluster.neighbour();
    SimulatedEnvironment world =
        new SimulatedEnvironment(
            cluster.simulation(),
            life,
            machine.clock(),
            disk,
            random,
            settings.stageNanos(),
            settings.applyNanos(),
            neighbour == null ? 1 : 2,
            machine.foreign());
    environment = world;
    RaftHost opened =
        RaftHost.builder()
            .cluster(Cluster.CLUSTER)
            .node(cluster.id(slot))
            .transport(cluster.network().transport(life, Cluster.address(slot)))
            .environment(world)
            .metrics(new Gauges(cluster.protocol(), slot, life, machine.foreign()))
            .open();
    host = opened;
    StorageProvider watched =
        WatchedStorage.provider(place(SimulatedNode.DIRECTORY, world), machine.checks());
    serve(cluster.service(), opened, watched, initial, random.split("embedder"));
    if (neighbour != null) {
      StorageProvider beside = place(SimulatedNode.NEIGHBOUR, world);
      serve(neighbour, opened, beside, initial, random.split("neighbour's embedder"));
    }
  }

  private StorageProvider place(Path directory, SimulatedEnvironment world) {
    return new SegmentedStorage(
        disk, directory, machine.options(), world.executor(NodeEnvironment.Stage.SNAPSHOT));
  }

  private <C, R> void serve(
      Service<C, R> service, RaftHost on, StorageProvider place, Membership initial, Prng random)
      throws RaftException {
    groups.add(new ServedGroup<>(cluster, machine, life, service, on, place, initial, random));
  }

  /** Closes its groups in order; completes when the last one is. */
  CompletableFuture<@Nullable Void> close() {
    List<CompletableFuture<?>> closing = new ArrayList<>();
    for (ServedGroup<?, ?> group : groups) {
      closing.add(group.close());
    }
    return CompletableFuture.allOf(closing.toArray(new CompletableFuture<?>[0]));
  }

  /** After its groups: the rest of it. */
  void closeHost() {
    if (host != null) {
      host.close();
    }
  }

  /** Nothing of it may go on any more: no task waits, no timer is armed, no file is open. */
  void requireStill() {
    SimulatedEnvironment world = environment;
    if (world == null) {
      return;
    }
    if (world.timers() > 0 || world.tasks() > 0 || disk.openFiles() > 0) {
      throw cluster
          .simulation()
          .failure(
              "CLOSED_IS_STILL",
              String.format(
                  Locale.ROOT,
                  "%s was closed and has %d timers, %d tasks and %d open files",
                  cluster.id(machine.slot()),
                  world.timers(),
                  world.tasks(),
                  disk.openFiles()));
    }
    cluster.simulation().marks().hit(Mark.CLOSED_AND_STILL);
  }
}
