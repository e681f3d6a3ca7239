package io.bowline.raft.examples.counter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Nodes that know each other by names, which a test publishes to them and takes back. */
final class NamedCluster {
  /** Names are kept as long as the JVM likes. */
  static final int BY_DEFAULT = -1;

  private NamedCluster() {}

  /** Not started; each JVM keeps what it looked up, or failed to, for so many seconds. */
  static ChaosCluster of(String name, NamespaceNetwork network, int keptSeconds)
      throws IOException {
    Path directory = Path.of("target", "chaos");
    Files.createDirectories(directory);
    Path security = directory.resolve("names-" + keptSeconds + ".security").toAbsolutePath();
    Files.writeString(
        security,
        "networkaddress.cache.ttl="
            + keptSeconds
            + "\nnetworkaddress.cache.negative.ttl="
            + keptSeconds
            + "\n");
    return new ChaosCluster(
        name + keptSeconds,
        "real",
        network,
        node -> {
          List<String> options = new ArrayList<>();
          options.add("nodes=n1=" + address(0) + ",n2=" + address(1) + ",n3=" + address(2));
          options.add("listen=0.0.0.0:" + NamespaceNetwork.PORT);
          if (keptSeconds != BY_DEFAULT) {
            options.add("-Djava.security.properties=" + security);
          }
          return options;
        });
  }

  private static String address(int node) {
    return name(node) + ":" + NamespaceNetwork.PORT;
  }

  private static String name(int node) {
    return "n" + (node + 1) + ".lab";
  }

  /** Every node knows the names of these, and no other. */
  static void publish(NamespaceNetwork network, Integer... nodes) throws IOException {
    for (int node = 0; node < ChaosCluster.SIZE; node++) {
      publishTo(network, node, List.of(nodes));
    }
  }

  /** That node knows the names of these, and no other. */
  static void publishTo(NamespaceNetwork network, int reader, List<Integer> nodes)
      throws IOException {
    Map<String, String> names = new TreeMap<>();
    nodes.forEach(node -> names.put(name(node), network.host(node)));
    network.names(reader, names);
  }
}
