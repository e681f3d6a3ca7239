package io.bowline.raft;

import static io.bowline.raft.OneNodeGroups.outcome;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Codec;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.FileDisk;
import io.bowline.raft.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Members n1, n2 and n3 of one group over files, in one process: each may begin late, stop, and
 * come back on another directory.
 */
final class ThreeMembers implements AutoCloseable {
  static final Membership LIST =
      Membership.of(
          Member.voter(NodeId.of("n1"), "local:1"),
          Member.voter(NodeId.of("n2"), "local:2"),
          Member.voter(NodeId.of("n3"), "local:3"));
  static final RaftConfig CONFIG =
      RaftConfig.builder()
          .heartbeatInterval(Duration.ofMillis(20))
          .electionTimeout(Duration.ofMillis(150))
          .proposalTimeout(Duration.ofSeconds(3))
          .build();

  /** How a member's storage is opened. */
  @FunctionalInterface
  interface Opening {
    RaftNode<String, Long> open(GroupBuilder<String, Long> group) throws RaftException;
  }

  static final Opening FIRST = group -> group.bootstrap(LIST);
  static final Opening LATER = GroupBuilder::resume;

  private final Path root;
  private final LoopbackNetwork network = new LoopbackNetwork();
  private final Map<String, RaftHost> hosts = new ConcurrentHashMap<>();
  private final Map<String, RaftNode<String, Long>> nodes = new ConcurrentHashMap<>();

  private final Map<String, List<String>> applied = new ConcurrentHashMap<>();

  /** Who has halted, and why. */
  final Map<String, String> halted = new ConcurrentHashMap<>();

  /** What a member, named first, is configured with. */
  Function<String, RaftConfig> config = id -> CONFIG;

  /** What stands between a member's host and the network. */
  BiFunction<String, Transport, Transport> between = (id, straight) -> straight;

  /** What its files lie on. */
  Function<String, Disk> disk = id -> new FileDisk();

  ThreeMembers(Path root) {
    this.root = root;
  }

  Path directory(String name) {
    return root.resolve(name);
  }

  /** Opens a member on the directory of its name. */
  RaftNode<String, Long> open(String id, Opening opening) throws RaftException {
    return open(id, id, opening);
  }

  /** Opens it on any directory; whatever it was before is closed. */
  RaftNode<String, Long> open(String id, String directory, Opening opening) throws RaftException {
    close(id);
    List<String> seen = new CopyOnWriteArrayList<>();
    applied.put(id, seen);
    halted.remove(id);
    CountingMachine machine = new CountingMachine();
    machine.onApply = seen::add;
    String address = "local:" + id.substring(1);
    RaftHost host =
        RaftHost.builder()
            .cluster(ClusterId.of("test"))
            .node(NodeId.of(id))
            .transport(between.apply(id, network.transport(address)))
            .disk(disk.apply(id))
            .open();
    hosts.put(id, host);
    GroupBuilder<String, Long> group =
        host.group(GroupId.of("g"), machine)
            .commands(Codec.utf8())
            .replies(Codec.int64())
            .config(config.apply(id))
            .listener(
                new RaftListener() {
                  @Override
                  public void halted(String reason) {
                    halted.put(id, reason);
                  }
                });
    RaftNode<String, Long> node = opening.open(group.directory(directory(directory)));
    nodes.put(id, node);
    return node;
  }

  void openAll(Opening opening) throws RaftException {
    for (String id : List.of("n1", "n2", "n3")) {
      open(id, opening);
    }
  }

  RaftNode<String, Long> node(String id) {
    RaftNode<String, Long> node = nodes.get(id);
    if (node == null) {
      throw new IllegalStateException(id + " is not open");
    }
    return node;
  }

  void close(String id) {
    RaftHost host = hosts.remove(id);
    nodes.remove(id);
    if (host != null) {
      host.close();
    }
  }

  void closeAll() {
    List.copyOf(hosts.keySet()).forEach(this::close);
  }

  LoopbackNetwork network() {
    return network;
  }

  /** Waits for the one that leads. */
  RaftNode<String, Long> leader() {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> nodes.values().stream().filter(RaftNode::isLeader).count() == 1);
    return nodes.values().stream().filter(RaftNode::isLeader).findFirst().orElseThrow();
  }

  /** What a member's state machine was given since it was opened last. */
  List<String> applied(String id) {
    return applied.getOrDefault(id, List.of());
  }

  /** Whether one that leads now commits the command. */
  boolean anyLeaderTakes(String command) {
    return nodes.values().stream()
        .filter(RaftNode::isLeader)
        .anyMatch(node -> outcome(node.propose(command)) instanceof Outcome.Committed);
  }

  boolean isLedBy(String... ids) {
    return Stream.of(ids).anyMatch(id -> node(id).isLeader());
  }

  /** The id of one that does not lead. */
  String follower() {
    leader();
    return nodes.entrySet().stream()
        .filter(entry -> !entry.getValue().isLeader())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  String idOf(RaftNode<String, Long> node) {
    return nodes.entrySet().stream()
        .filter(entry -> entry.getValue() == node)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  /** Copies a directory as a backup does. */
  void copy(String from, String to) throws IOException {
    try (Stream<Path> all = Files.walk(directory(from))) {
      for (Path path : all.toList()) {
        Path copy = directory(to).resolve(directory(from).relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(path, copy);
        }
      }
    }
  }

  @Override
  public void close() {
    closeAll();
    network.close();
  }
}
