package io.bowline.raft.testkit;

/** What is rare about the deaths of processes: who died with whom, and who is left. */
final class DeathMarks {
  private final Cluster cluster;

  DeathMarks(Cluster cluster) {
    this.cluster = cluster;
  }

  /** A node's process has ended: how many are left? */
  void died(int slot) {
    Marks marks = cluster.simulation().marks();
    if (cluster.leaderSlot() == slot) {
      marks.leaderDiedAt = cluster.simulation().now();
      tellOfBoth(marks);
    }
    int up = 0;
    for (SimulatedNode node : cluster.nodes()) {
      up += node.isUp() ? 1 : 0;
    }
    marks.hitIf(up < cluster.size() / 2 + 1, Mark.QUORUM_DOWN);
    marks.hitIf(up == 0, Mark.ALL_DOWN);
  }

  /** A client's has. */
  void clientDied() {
    Marks marks = cluster.simulation().marks();
    marks.clientDiedAt = cluster.simulation().now();
    tellOfBoth(marks);
  }

  private static void tellOfBoth(Marks marks) {
    boolean both = marks.leaderDiedAt != Long.MIN_VALUE && marks.clientDiedAt != Long.MIN_VALUE;
    boolean close = Math.abs(marks.leaderDiedAt - marks.clientDiedAt) < 1_000_000_000L;
    marks.hitIf(both && close, Mark.CLIENT_AND_LEADER_CRASHED);
  }
}
