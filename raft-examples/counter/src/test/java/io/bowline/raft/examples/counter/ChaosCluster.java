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

/** Three counter nodes in processes of their own, on a network that can be split. */
final class ChaosCluster implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The default t of {@code RaftConfig}: what fail-over times are held against. */
  static final Duration ELECTION_TIMEOUT = Duration.ofSeconds(1);

  static final int SIZE = 3;

  private static final List<String> FLAGS =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx512m");

  final LocalCluster nodes;
  final Network network;

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
    Path directory = Path.of("target", "chaos", name);
    LocalCluster.wipe(directory);
    this.network = network;
    this.nodes =
        new LocalCluster(
            directory,
            network.addresses(),
            (cluster, number) -> network.at(number, command(cluster, number, disk)));
    nodes.startAll();
    awaitWhole();
  }

  private List<String> command(LocalCluster cluster, int number, String disk) {
    List<String> all = new ArrayList<>();
    for (int peer = 0; peer < SIZE; peer++) {
      all.add(cluster.name(peer) + "=" + network.addresses().get(peer));
    }
    List<String> routes = new ArrayList<>();
    network.routes(number).forEach((peer, to) -> routes.add(cluster.name(peer) + "=" + to));
    return LocalCluster.java(
        FLAGS,
        ChaosNode.class.getName(),
        List.of(
            "node=" + cluster.name(number),
            "data=" + cluster.data(number),
            "nodes=" + String.join(",", all),
            "routes=" + String.join(",", routes),
            "start=" + (cluster.wasStarted(number) ? "later" : "first"),
            "disk=" + disk));
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

  int awaitLeader() {
    return nodes.awaitLeader(PATIENCE);
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
