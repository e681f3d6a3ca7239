package io.bowline.raft.examples.counter;

import static org.awaitility.Awaitility.await;

import io.bowline.raft.examples.lab.LocalCluster;
import io.bowline.raft.examples.lab.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Three counter nodes in processes of their own, on a network that can be split. */
final class ChaosCluster implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The default t of {@code RaftConfig}: what fail-over times are held against. */
  static final Duration ELECTION_TIMEOUT = Duration.ofSeconds(1);

  static final int SIZE = 3;

  private static final List<String> FLAGS =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-Xshare:auto",
          "-Xmx512m",
          "-Dbowline.log=WARN");

  final LocalCluster nodes;
  final Network network;

  /** What a node is told beside the usual, or instead of it; asked at each of its starts. */
  private final IntFunction<List<String>> options;

  /** The same on loopback. */
  ChaosCluster(String name, String disk) throws IOException {
    this(name, disk, new ProxyNetwork(SIZE));
  }

  /**
   * Starts it on an empty directory.
   *
   * @param name of the directory under target/chaos: the test's
   * @param disk real, recording or losing
   * @param network closed with the cluster
   */
  ChaosCluster(String name, String disk, Network network) throws IOException {
    this(name, disk, network, node -> List.of());
    nodes.startAll();
    awaitWhole();
  }

  /** Nobody is started yet: a node is told the options, {@code name=value} or {@code -Dflag}. */
  ChaosCluster(String name, String disk, Network network, IntFunction<List<String>> options)
      throws IOException {
    Path directory = Path.of("target", "chaos", name);
    LocalCluster.wipe(directory);
    this.network = network;
    this.options = options;
    this.nodes =
        new LocalCluster(
            directory,
            network.addresses(),
            (cluster, number) -> network.at(number, command(cluster, number, disk)));
  }

  private List<String> command(LocalCluster cluster, int number, String disk) {
    List<String> all = new ArrayList<>();
    for (int peer = 0; peer < SIZE; peer++) {
      all.add(cluster.name(peer) + "=" + network.addresses().get(peer));
    }
    List<String> routes = new ArrayList<>();
    network.routes(number).forEach((peer, to) -> routes.add(cluster.name(peer) + "=" + to));
    List<String> flags = new ArrayList<>(FLAGS);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "node=" + cluster.name(number),
                "data=" + cluster.data(number),
                "nodes=" + String.join(",", all),
                "routes=" + String.join(",", routes),
                "start=" + (cluster.wasStarted(number) ? "later" : "first"),
                "disk=" + disk));
    for (String option : options.apply(number)) {
      (option.startsWith("-") ? flags : arguments).add(option);
    }
    return LocalCluster.java(flags, ChaosNode.class.getName(), arguments);
  }

  /**
   * Waits until any two of the three are a quorum that can lead on: all are named in the membership
   * (an incarnation that is not named is not counted) and all have applied the same.
   */
  void awaitWhole() {
    nodes.awaitLeader(PATIENCE);
    await().atMost(PATIENCE).until(this::isWhole);
  }

  private boolean isWhole() {
    Set<String> states = new HashSet<>();
    for (int node = 0; node < SIZE; node++) {
      Optional<Report> report = nodes.report(node);
      if (report.isEmpty() || report.get().number("named") < SIZE) {
        return false;
      }
      states.add(report.get().text("term") + " " + report.get().text("applied"));
    }
    return states.size() == 1;
  }

  /** Waits until that node, following, has applied what the leader has; how long it took. */
  Duration awaitFollowing(int node, Duration patience) {
    long begin = System.nanoTime();
    await().atMost(patience).pollInterval(Duration.ofMillis(20)).until(() -> follows(node));
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private boolean follows(int node) {
    int leader = nodes.leader().orElse(node);
    Optional<Report> its = nodes.report(node);
    Optional<Report> leaders = nodes.report(leader);
    return leader != node
        && its.isPresent()
        && leaders.isPresent()
        && its.get().text("leader").equals(nodes.name(leader))
        && its.get().number("term") == leaders.get().number("term")
        && its.get().number("applied") == leaders.get().number("applied");
  }

  /** Some node that does not lead; not that one. */
  int followerBut(int other) {
    int leader = awaitLeader();
    return IntStream.range(0, SIZE)
        .filter(n -> n != leader && n != other)
        .findFirst()
        .orElseThrow();
  }

  int awaitLeader() {
    return nodes.awaitLeader(PATIENCE);
  }

  /** Asks a node, or tells it something; what it says of itself. */
  Report ask(int node, String question) {
    return Report.parse(nodes.process(node).ask(question, PATIENCE).orElseThrow());
  }

  long term(int node) {
    return nodes.report(node).orElseThrow().number("term");
  }

  @Override
  public void close() throws IOException {
    network.heal();
    nodes.close();
    network.close();
  }
}
