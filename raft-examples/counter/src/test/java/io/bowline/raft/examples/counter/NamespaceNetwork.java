package io.bowline.raft.examples.counter;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A network namespace for each node, all on one bridge; a split drops packets in the kernel, both
 * ways. Needs root and iproute2.
 */
final class NamespaceNetwork implements Network {
  private static final String BRIDGE = "bowline-br";
  private static final String NET = "10.77.61.";
  private static final int PORT = 7100;

  private final int size;

  NamespaceNetwork(int size) throws IOException {
    this.size = size;
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
      run("ip -n " + name(node) + " link set " + inside + " up");
      run("ip -n " + name(node) + " link set lo up");
    }
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

  @Override
  public void close() throws IOException {
    remove();
  }

  private void remove() throws IOException {
    for (int node = 0; node < size; node++) {
      execute("ip netns delete " + name(node)); // its end of the veth pair goes with it
      execute("ip link delete bowline-o" + node);
    }
    execute("ip link delete " + BRIDGE);
  }

  private static String name(int node) {
    return "bowline-n" + node;
  }

  private static String host(int node) {
    return NET + (node + 1);
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
