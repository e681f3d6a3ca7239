package io.bowline.raft.examples.counter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A network namespace for each node, all on one bridge; a split drops packets in the kernel. Where
 * a single way is dropped, its frames go to a machine that does not exist: neither end is told.
 * Needs root and iproute2.
 */
final class NamespaceNetwork implements Network {
  private static final String BRIDGE = "bowline-br";
  private static final String NET = "10.77.61.";
  private static final String NOBODY = "02:00:00:00:61:ff";
  private static final Path FILES = Path.of("/etc/netns");

  /** Where {@link #unanswered} sends questions. */
  private static final String DEAD = NET + "253";

  static final int PORT = 7100;

  private final int size;
  private final int[] hosts;
  private final Set<String> forgot = new HashSet<>();

  NamespaceNetwork(int size) throws IOException {
    this.size = size;
    this.hosts = IntStream.rangeClosed(1, size).toArray();
    remove(); // what a killed run left
    run("ip link add " + BRIDGE + " type bridge");
    run("ip addr add " + NET + "254/24 dev " + BRIDGE);
    run("ip link set " + BRIDGE + " up");
    for (int node = 0; node < size; node++) {
      String outside = "bowline-o" + node;
      String inside = "bowline-i" + node;
      run("ip netns add " + name(node));
      run("ip link add " + outside + " type veth peer name " + inside);
      run("ip link set " + outside + " master " + BRIDGE + " up");
      run("ip link set " + inside + " netns " + name(node));
      run("ip -n " + name(node) + " addr add " + host(node) + "/24 dev " + inside);
      run("ip -n " + name(node) + " link set " + inside + " address " + mac(node) + " up");
      run("ip -n " + name(node) + " link set lo up");
    }
    passAll();
  }

  /** Whether this process may make one. */
  static boolean isPossible() {
    try {
      return execute("ip netns add bowline-probe") == 0
          && execute("ip netns delete bowline-probe") == 0;
    } catch (IOException e) {
      return false; // no such program
    }
  }

  @Override
  public List<String> addresses() {
    return IntStream.range(0, size).mapToObj(node -> host(node) + ":" + PORT).toList();
  }

  @Override
  public Map<Integer, String> routes(int node) {
    return Map.of();
  }

  @Override
  public List<String> at(int node, List<String> command) {
    List<String> there = new ArrayList<>(List.of("ip", "netns", "exec", name(node)));
    there.addAll(command);
    return there;
  }

  @Override
  public void isolate(int node) throws IOException {
    for (int peer = 0; peer < size; peer++) {
      if (peer != node) {
        run("ip -n " + name(node) + " route add blackhole " + host(peer) + "/32");
        run("ip -n " + name(peer) + " route add blackhole " + host(node) + "/32");
      }
    }
  }

  @Override
  public void heal() throws IOException {
    for (int node = 0; node < size; node++) {
      for (int peer = 0; peer < size; peer++) {
        // only a split one has such a route
        execute("ip -n " + name(node) + " route del blackhole " + host(peer) + "/32");
      }
    }
  }

  /** What that node sends to that peer is lost from now on, and nobody is told. */
  void drop(int node, int peer) throws IOException {
    neighbour(node, host(peer), NOBODY);
  }

  /** It arrives again. */
  void pass(int node, int peer) throws IOException {
    if (node != peer) {
      neighbour(node, host(peer), mac(peer));
    }
  }

  /** Nothing passes between that node and its peers any more, and nobody is told. */
  void silence(int node) throws IOException {
    for (int peer = 0; peer < size; peer++) {
      if (peer != node) {
        drop(node, peer);
        drop(peer, node);
      }
    }
  }

  /** All that was dropped arrives again. */
  void passAll() throws IOException {
    for (int node = 0; node < size; node++) {
      for (int peer = 0; peer < size; peer++) {
        pass(node, peer);
      }
    }
  }

  private static void neighbour(int node, String host, String mac) throws IOException {
    String where = " dev bowline-i" + node + " nud permanent";
    run("ip -n " + name(node) + " neigh replace " + host + " lladdr " + mac + where);
  }

  /** That node, whose process must be down, has another address from now on. */
  void move(int node) throws IOException {
    String device = " dev bowline-i" + node;
    run("ip -n " + name(node) + " addr del " + host(node) + "/24" + device);
    hosts[node] += 100;
    run("ip -n " + name(node) + " addr add " + host(node) + "/24" + device);
    for (int other = 0; other < size; other++) {
      pass(other, node);
    }
  }

  /** What the processes that start there from now on read as /etc/hosts, and see change. */
  void names(int node, Map<String, String> addresses) throws IOException {
    StringBuilder lines = new StringBuilder("127.0.0.1 localhost\n");
    addresses.forEach((name, address) -> lines.append(address + " " + name + "\n"));
    Files.createDirectories(FILES.resolve(name(node)));
    // in place: the file itself is mounted over /etc/hosts
    Files.writeString(FILES.resolve(name(node)).resolve("hosts"), lines);
  }

  /** Processes that start there from now on ask a name server that never answers. */
  void unanswered(int node) throws IOException {
    Files.createDirectories(FILES.resolve(name(node)));
    Files.writeString(
        FILES.resolve(name(node)).resolve("resolv.conf"), "nameserver " + DEAD + "\n");
    neighbour(node, DEAD, NOBODY);
  }

  /**
   * What a middle box does to connections which it has forgotten: those between nodes over which
   * nothing has come for so long are dead from now on, both ways, and nobody is told.
   *
   * @return how many there were
   */
  int forgetSilent(Duration silence) throws IOException {
    int forgotten = 0;
    for (int node = 0; node < size; node++) {
      for (SilentFlows.Flow flow : SilentFlows.at(name(node), NET, silence)) {
        String ports = "ipproto tcp sport " + flow.localPort() + " dport " + flow.remotePort();
        String rule = "ip -n " + name(node) + " rule add " + ports + " pref 10 blackhole";
        if (forgot.add(rule)) {
          run(rule);
          forgotten++;
        }
      }
    }
    return forgotten;
  }

  @Override
  public void close() throws IOException {
    remove();
  }

  private void remove() throws IOException {
    for (int node = 0; node < size; node++) {
      execute("ip netns delete " + name(node)); // its end of the veth pair goes with it
      execute("ip link delete bowline-o" + node);
      for (String file : List.of("hosts", "resolv.conf")) {
        Files.deleteIfExists(FILES.resolve(name(node)).resolve(file));
      }
      Files.deleteIfExists(FILES.resolve(name(node)));
    }
    execute("ip link delete " + BRIDGE);
  }

  private static String name(int node) {
    return "bowline-n" + node;
  }

  /** Its address without a port. */
  String host(int node) {
    return NET + hosts[node];
  }

  private static String mac(int node) {
    return "02:00:00:00:61:0" + (node + 1);
  }

  private static void run(String command) throws IOException {
    int code = execute(command);
    if (code != 0) {
      throw new IOException(command + " ended with " + code);
    }
  }

  private static int execute(String command) throws IOException {
    try {
      return new ProcessBuilder(command.split(" ", -1))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
