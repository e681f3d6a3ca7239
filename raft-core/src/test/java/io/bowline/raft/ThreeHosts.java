package io.bowline.raft;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.storage.StorageOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** A group of three over files in one process, with machines that can be bent. */
final class ThreeHosts implements AutoCloseable {
  static final List<NodeId> IDS = List.of(NodeId.of("n1"), NodeId.of("n2"), NodeId.of("n3"));
  static final Duration ELECTION_TIMEOUT = Duration.ofMillis(300);

  private static final Membership MEMBERS =
      Membership.of(
          Member.voter(IDS.get(0), "local:1"),
          Member.voter(IDS.get(1), "local:2"),
          Member.voter(IDS.get(2), "local:3"));

  private final Path directory;
  private final BiConsumer<NodeId, RaftHost.Builder> more;
  private final Map<NodeId, RaftHost> hosts = new ConcurrentHashMap<>();
  private final Map<NodeId, RaftNode<String, Long>> nodes = new ConcurrentHashMap<>();
  private final Map<NodeId, BentMachine> machines = new ConcurrentHashMap<>();
  private final Map<NodeId, List<String>> events = new ConcurrentHashMap<>();
  private final BiConsumer<NodeId, String> hears;
  final LoopbackNetwork network = new LoopbackNetwork();

  /** All are open; {@code more} may bend each host. */
  ThreeHosts(Path directory, BiConsumer<NodeId, RaftHost.Builder> more) throws RaftException {
    this(directory, more, (id, event) -> {});
  }

  /** The same; {@code hears} is told each event where a listener is. */
  ThreeHosts(
      Path directory, BiConsumer<NodeId, RaftHost.Builder> more, BiConsumer<NodeId, String> hears)
      throws RaftException {
    this.directory = directory;
    this.more = more;
    this.hears = hears;
    for (NodeId id : IDS) {
      open(id, new BentMachine());
    }
  }

  void open(NodeId id, BentMachine machine) throws RaftException {
    RaftHost.Builder builder =
        RaftHost.builder()
            .cluster(ClusterId.of("test"))
            .node(id)
            .transport(network.transport("local:" + id.value().substring(1)));
    more.accept(id, builder);
    RaftHost host = builder.open();
    hosts.put(id, host);
    machines.put(id, machine);
    events.computeIfAbsent(id, any -> new CopyOnWriteArrayList<>());
    nodes.put(
        id,
        host.group(GroupId.of("g"), machine)
            .commands(machine.commands())
            .replies(machine.replies())
            .directory(directory.resolve(id.value()))
            .storageOptions(StorageOptions.defaults().withSegmentBytes(64 << 10))
            .config(
                RaftConfig.builder()
                    .heartbeatInterval(Duration.ofMillis(30))
                    .electionTimeout(ELECTION_TIMEOUT)
                    .proposalTimeout(Duration.ofSeconds(3))
                    .tailCacheBytes(0) // apply and followers read the files
                    .build())
            .listener(new Recorder(id))
            .bootstrapOrResume(MEMBERS));
  }

  private final class Recorder implements RaftListener {
    private final NodeId id;

    Recorder(NodeId id) {
      this.id = id;
    }

    private void add(String event) {
      events(id).add(event);
      hears.accept(id, event);
    }

    @Override
    public void leadershipGained(long term) {
      add("gained");
    }

    @Override
    public void leadershipLost(long term) {
      add("lost");
    }

    @Override
    public void healthChanged(boolean serving) {
      add(serving ? "serves" : "does not serve");
    }

    @Override
    public void halted(String reason) {
      add("halted: " + reason);
    }
  }

  void close(NodeId id) {
    host(id).close();
  }

  private RaftHost host(NodeId id) {
    return present(hosts, id);
  }

  RaftNode<String, Long> node(NodeId id) {
    return present(nodes, id);
  }

  BentMachine machine(NodeId id) {
    return present(machines, id);
  }

  List<String> events(NodeId id) {
    return present(events, id);
  }

  private static <T> T present(Map<NodeId, T> all, NodeId id) {
    T one = all.get(id);
    if (one == null) {
      throw new IllegalArgumentException("no " + id);
    }
    return one;
  }

  NodeId leader() {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> IDS.stream().filter(id -> node(id).isLeader()).count() == 1);
    return IDS.stream().filter(id -> node(id).isLeader()).findFirst().orElseThrow();
  }

  /** One that does not lead. */
  NodeId follower() {
    NodeId leader = leader();
    return IDS.stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
  }

  /** Tries until it is committed by whoever leads. */
  long commit(String command) {
    return await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> committedOrNot(node(leader()).propose(command)), value -> value >= 0);
  }

  private static long committedOrNot(CompletableFuture<Outcome<Long>> call) {
    return call.orTimeout(20, SECONDS).join() instanceof Outcome.Committed<Long> done
        ? done.reply()
        : -1;
  }

  /** All have applied the same, and none has halted. */
  void assertEqual() {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(
            () -> assertThat(IDS.stream().map(id -> machine(id).query("")).distinct()).hasSize(1));
    for (NodeId id : IDS) {
      assertThat(events(id)).noneMatch(event -> event.startsWith("halted"));
    }
  }

  @Override
  public void close() {
    hosts.values().forEach(RaftHost::close);
    network.close();
  }
}
