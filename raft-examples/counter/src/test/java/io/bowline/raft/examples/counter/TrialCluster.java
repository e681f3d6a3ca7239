package io.bowline.raft.examples.counter;

import static org.awaitility.Awaitility.await;

import io.bowline.raft.examples.lab.LocalCluster;
import io.bowline.raft.examples.lab.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Three {@link TrialNode}s in processes of their own, as small as a test wants them. */
final class TrialCluster implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final int SIZE = 3;

  private static final Duration ANSWER = Duration.ofSeconds(35);
  private static final List<String> FLAGS =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dbowline.log=WARN");

  final LocalCluster nodes;
  private final List<String> flags = new ArrayList<>(FLAGS);
  private volatile List<String> options = List.of();
  private volatile int descriptors;

  /** On an empty directory; nothing is started. */
  TrialCluster(String name, String... more) throws IOException {
    Path directory = Path.of("target", "trial", name);
    LocalCluster.wipe(directory);
    flags.addAll(List.of(more));
    nodes = new LocalCluster(directory, SIZE, this::command);
  }

  /** What processes that are started from now on are told. */
  TrialCluster with(String... more) {
    options = List.of(more);
    return this;
  }

  /** How many files processes that are started from now on may have open. */
  TrialCluster withDescriptors(int most) {
    descriptors = most;
    return this;
  }

  private List<String> command(LocalCluster cluster, int number) {
    List<String> all = new ArrayList<>();
    for (int peer = 0; peer < SIZE; peer++) {
      all.add(cluster.name(peer) + "=" + cluster.addresses().get(peer));
    }
    List<String> arguments = new ArrayList<>();
    arguments.add("node=" + cluster.name(number));
    arguments.add("data=" + cluster.data(number));
    arguments.add("nodes=" + String.join(",", all));
    arguments.addAll(options);
    List<String> java = LocalCluster.java(flags, TrialNode.class.getName(), arguments);
    if (descriptors == 0) {
      return java;
    }
    List<String> limited = new ArrayList<>();
    limited.addAll(List.of("bash", "-c", "ulimit -n " + descriptors + "; exec \"$@\"", "node"));
    limited.addAll(java);
    return limited;
  }

  /** Starts all and waits for a leader. */
  int startAll() throws IOException {
    nodes.startAll();
    return nodes.awaitLeader(PATIENCE);
  }

  /** Lets a node do that; how it is then. */
  Report ask(int node, String what) {
    return Report.parse(
        nodes
            .process(node)
            .ask(what, ANSWER)
            .orElseThrow(
                () -> new AssertionError(nodes.name(node) + " is silent: " + nodes.log(node))));
  }

  Report report(int node) {
    return ask(node, "status=1");
  }

  /** Waits until a node has applied at least so many commands. */
  void awaitApplied(int node, long commands) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> report(node).number("applied") >= commands);
  }

  /** Bytes of the heap that are held, by number of node. */
  long held(int node) {
    return ask(node, "gc=1").number("heap");
  }

  /** How many commands a second that node's own load has had committed. */
  double rateOf(int node, Duration time) {
    long before = report(node).number("committed");
    long started = System.nanoTime();
    rest(time);
    long after = report(node).number("committed");
    return (after - before) * 1e9 / (System.nanoTime() - started);
  }

  /** Lets them work for so long. */
  static void rest(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }

  @Override
  public void close() {
    nodes.close();
  }
}
