package io.bowline.raft.testkit;

import io.bowline.raft.model.GroupSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * What a cluster is made of.
 *
 * @param network between its machines
 * @param nodes one for each node
 * @param clients one for each client
 * @param group what is the same for all replicas
 * @param onlyCommands nobody asks a query: reads arm the timers that proposals need, and confirm
 *     what they wait for
 * @param neighbour each host serves a second group, with a load of its own
 */
record ClusterSettings(
    NetworkSettings network,
    List<NodeSettings> nodes,
    List<ClientSettings> clients,
    GroupSettings group,
    boolean onlyCommands,
    boolean neighbour) {

  /** Without faults of its own, for tests that strike themselves. */
  static ClusterSettings calm(int nodes, int clients) {
    List<NodeSettings> all = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      all.add(NodeSettings.calm());
    }
    List<ClientSettings> asking = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      asking.add(ClientSettings.calm());
    }
    return new ClusterSettings(
        NetworkSettings.calm(), all, asking, GroupSettings.defaults(), false, false);
  }

  /**
   * By the seed; in half of the seeds each node is configured differently, for nothing node-local
   * may decide what apply does.
   *
   * @param clients how many; 0 lets the seed draw
   */
  static ClusterSettings draw(Prng random, int nodes, int clients) {
    boolean alike = random.nextBoolean();
    NodeSettings first = NodeSettings.draw(random);
    List<NodeSettings> all = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      NodeSettings own = NodeSettings.draw(random);
      all.add(alike ? first : own);
    }
    NetworkSettings network = NetworkSettings.draw(random);
    List<ClientSettings> asking = new ArrayList<>();
    int drawn =
        random.nextInt(4) == 0 ? 1 + random.nextInt(RunPlan.MAX_CLIENTS) : 1 + random.nextInt(4);
    for (int i = clients == 0 ? drawn : clients; i > 0; i--) {
      asking.add(ClientSettings.draw(random));
    }
    GroupSettings group = random.nextBoolean() ? GroupSettings.defaults() : tightSessions(random);
    boolean onlyCommands = random.split("only commands").nextInt(8) == 0;
    boolean neighbour = random.split("neighbour").nextInt(8) == 0;
    return new ClusterSettings(network, all, asking, group, onlyCommands, neighbour);
  }

  /** So few, so short-lived and with so little room that clients lose theirs. */
  private static GroupSettings tightSessions(Prng random) {
    GroupSettings usual = GroupSettings.defaults();
    return new GroupSettings(
        random.logUniform(2_000_000_000L, 60_000_000_000L),
        1 + random.nextInt(6),
        16 + random.nextInt(64),
        random.split("reply bytes").logUniform(1_024, 1 << 20),
        usual.leaseBoundNanos(),
        usual.featureLevel());
  }
}
