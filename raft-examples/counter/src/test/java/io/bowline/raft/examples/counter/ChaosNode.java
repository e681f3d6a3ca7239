package io.bowline.raft.examples.counter;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.GroupBuilder;
import io.bowline.raft.RaftConfig;
import io.bowline.raft.RaftHost;
import io.bowline.raft.RaftNode;
import io.bowline.raft.StateMachine;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.examples.lab.ParentLink;
import io.bowline.raft.examples.lab.Report;
import io.bowline.raft.grpc.GrpcTransport;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.FileDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A counter's node in a process of its own, with something between it and its disk or its peers.
 * Its arguments are {@code name=value}: node, data, nodes, disk, routes, start (first or later),
 * and where it differs from the defaults listen, heartbeat, election (in ms).
 */
final class ChaosNode implements StateMachine<Command, List<Count>> {
  /** Who applies this as leader is gone before it has answered, once in a cluster's life. */
  static final String LAST_WORD = "last-word";

  private final Counters counters = new Counters();
  private final Path diedHere;
  private volatile @Nullable RaftNode<Command, List<Count>> node;

  private ChaosNode(Path diedHere) {
    this.diedHere = diedHere;
  }

  public static void main(String[] args) throws Exception {
    Report options = Report.of(List.of(args));
    Map<NodeId, String> nodes = addresses(options.text("nodes"));
    NodeId self = NodeId.of(options.text("node"));
    Path data = Path.of(options.text("data"));
    Member[] members =
        nodes.entrySet().stream()
            .map(node -> Member.voter(node.getKey(), node.getValue()))
            .toArray(Member[]::new);
    ChaosNode chaos = new ChaosNode(data.resolveSibling("died"));
    String address = Objects.requireNonNull(nodes.get(self));
    GrpcTransport.Builder builder = GrpcTransport.builder().advertise(address);
    GrpcTransport transport =
        builder.listen(options.values().getOrDefault("listen", address)).build();
    RoutedTransport routed = new RoutedTransport(transport, addresses(options.text("routes")));
    try (RaftHost host =
        RaftHost.builder()
            .cluster(ClusterId.of("counter"))
            .node(self)
            .transport(routed)
            .disk(disk(options.text("disk"), data))
            .open()) {
      GroupBuilder<Command, List<Count>> group =
          host.group(CounterMain.GROUP, chaos)
              .commands(Counters.COMMANDS)
              .replies(Counters.COUNTS)
              .config(config(options))
              .directory(data);
      RaftNode<Command, List<Count>> node =
          options.text("start").equals("first")
              ? group.bootstrap(Membership.of(members))
              : group.resume();
      chaos.node = node;
      ParentLink.serve(question -> answer(question, node, chaos.counters, routed.overheard));
    }
  }

  private static RaftConfig config(Report options) {
    RaftConfig.Builder config = RaftConfig.builder();
    if (options.number("heartbeat") > 0) {
      config.heartbeatInterval(Duration.ofMillis(options.number("heartbeat")));
      config.electionTimeout(Duration.ofMillis(options.number("election")));
    }
    return config.build();
  }

  private static String answer(
      String question, RaftNode<?, ?> node, Counters counters, Overheard overheard) {
    switch (question) {
      case "clear" -> overheard.clear();
      case "damage" -> overheard.damage(true);
      case "mend" -> overheard.damage(false);
      default -> {} // status
    }
    return NodeReports.report(node, counters) + overheard.report();
  }

  @Override
  public void apply(CommittedBatch<Command, List<Count>> batch) throws IOException {
    counters.apply(batch);
    RaftNode<Command, List<Count>> self = node;
    if (self != null
        && self.isLeader()
        && counters.query(new Command(LAST_WORD, 0)).get(0).value() > 0
        && !Files.exists(diedHere)) {
      Files.createFile(diedHere);
      Runtime.getRuntime().halt(137); // applied, and no answer has left
    }
  }

  @Override
  public List<Count> query(Command query) {
    return counters.query(query);
  }

  private static Disk disk(String kind, Path data) throws IOException {
    Disk real = new FileDisk();
    return switch (kind) {
      case "recording" -> {
        real.createDirectories(data);
        yield new RecordingDisk(real, data.resolveSibling(data.getFileName() + ".syncs"));
      }
      case "losing" -> new LosingDisk(real, data.resolveSibling(data.getFileName() + ".attic"));
      default -> real;
    };
  }

  /** {@code n1=host:port,n2=host:port}. */
  private static Map<NodeId, String> addresses(String text) {
    Map<NodeId, String> addresses = new TreeMap<>();
    Report.of(List.of(text.split(",", -1)))
        .values()
        .forEach((id, address) -> addresses.put(NodeId.of(id), address));
    return addresses;
  }
}
