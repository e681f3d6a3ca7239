package io.bowline.raft.examples.counter;

import io.bowline.raft.examples.lab.LocalCluster;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Three counter nodes in processes of their own; every link between them may be held. */
final class ChaosCluster implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The default t of {@code RaftConfig}: what fail-over times are held against. */
  static final Duration ELECTION_TIMEOUT = Duration.ofSeconds(1);

  private static final int SIZE = 3;
  private static final List<String> FLAGS =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx512m");

  /** From one node to another. */
  private record Link(int from, int to) {}

  final LocalCluster nodes;
  private final Map<Link, TcpProxy> links = new HashMap<>();

  /**
   * Starts it on an empty directory.
   *
   * @param name of the directory under target/chaos: the test's
   * @param disk real, recording or losing
   */
  ChaosCluster(String name, String disk) throws IOException {
    Path directory = Path.of("target", "chaos", name);
    LocalCluster.wipe(directory);
    nodes = new LocalCluster(directory, SIZE, (cluster, number) -> command(number, disk));
    for (int from = 0; from < SIZE; from++) {
      for (int to = 0; to < SIZE; to++) {
        if (from != to) {
          links.put(new Link(from, to), new TcpProxy(socketAddress(nodes.addresses().get(to))));
        }
      }
    }
    nodes.startAll();
    nodes.awaitLeader(PATIENCE);
  }

  private List<String> command(int number, String disk) {
    List<String> all = new ArrayList<>();
    List<String> routes = new ArrayList<>();
    for (int peer = 0; peer < SIZE; peer++) {
      all.add(nodes.name(peer) + "=" + nodes.addresses().get(peer));
      TcpProxy link = links.get(new Link(number, peer));
      if (link != null) {
        routes.add(nodes.name(peer) + "=" + link.address());
      }
    }
    return LocalCluster.java(
        FLAGS,
        ChaosNode.class.getName(),
        List.of(
            "node=" + nodes.name(number),
            "data=" + nodes.data(number),
            "nodes=" + String.join(",", all),
            "routes=" + String.join(",", routes),
            "disk=" + disk));
  }

  /** Nothing passes between this node and the others any more; clients still reach it. */
  void isolate(int node) {
    links.forEach(
        (link, proxy) -> {
          if (link.from() == node || link.to() == node) {
            proxy.hold();
          }
        });
  }

  /** Everything passes again. */
  void heal() {
    links.values().forEach(TcpProxy::release);
  }

  int awaitLeader() {
    return nodes.awaitLeader(PATIENCE);
  }

  long term(int node) {
    return nodes.report(node).orElseThrow().number("term");
  }

  /** Where a node listens. */
  static InetSocketAddress socketAddress(String address) {
    int colon = address.lastIndexOf(':');
    return new InetSocketAddress(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }

  @Override
  public void close() throws IOException {
    nodes.close();
    for (TcpProxy proxy : links.values()) {
      proxy.close();
    }
  }
}
