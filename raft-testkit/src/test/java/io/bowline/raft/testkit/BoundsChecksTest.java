package io.bowline.raft.testkit;

import static io.bowline.raft.testkit.GhostGroup.assertSeen;
import static io.bowline.raft.testkit.GhostGroup.commands;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each bound is seen to be broken by hand, and to hold up to it. */
class BoundsChecksTest {
  private final Simulation simulation = new Simulation(1);
  private final NodeSettings tight = tight();
  private final BoundsChecks bounds =
      new BoundsChecks(simulation, new NodeSettings[] {tight, tight, tight});

  /** A kilobyte in memory, and one that is not committed. */
  private static NodeSettings tight() {
    NodeSettings calm = NodeSettings.calm();
    return new NodeSettings(
        calm.heartbeatNanos(),
        calm.electionTimeoutNanos(),
        calm.maxBatchBytes(),
        1_000,
        4,
        calm.segmentBytes(),
        calm.blockAlignment(),
        1_000,
        calm.wholePages(),
        calm.clockPartsPerMillion(),
        calm.forceNanos(),
        calm.stageNanos(),
        calm.applyNanos(),
        calm.embedderNanos(),
        1_000,
        calm.maxMailboxItems(),
        calm.maxWaitingReads());
  }

  @Test
  void noMoreIsProposedThanMayWaitForItsCommit() {
    bounds.appended(0, commands(1, 5, 10, 1), 0);

    assertSeen("UNCOMMITTED_BOUND", () -> bounds.appended(0, commands(11, 5, 40, 1), 0));
    bounds.appended(0, commands(11, 5, 40, 1), 10); // alone it may be larger
    bounds.leadsNoLonger(0);
    bounds.appended(0, commands(11, 6, 10, 1), 10);
  }

  @Test
  void noMoreFramesAreKeptThanConfigured() {
    bounds.cached(0, 1_000, 10);
    bounds.cached(0, 5_000, 5_000); // the newest batch stays, however large

    assertSeen("TAIL_BOUND", () -> bounds.cached(0, 1_001, 10));
  }

  /** The census of a run looks at it; it once kept the whole log. */
  @Test
  void aNodeForgetsFramesThatItsFileHolds() {
    ClusterSettings calm = ClusterSettings.calm(3, 4);
    List<NodeSettings> nodes =
        calm.nodes().stream().map(node -> node.withTailCacheBytes(4_096)).toList();
    Cluster cluster =
        new Cluster(
            simulation,
            new ClusterSettings(
                calm.network(), nodes, calm.clients(), calm.group(), calm.onlyCommands(), false),
            new Ledger());
    cluster.start();
    simulation.run(Duration.ofSeconds(20));
    cluster.history().end();
    simulation.run(Duration.ofSeconds(20));

    assertThat(cluster.history().bytes()).isGreaterThan(50_000);
    for (int slot = 0; slot < 3; slot++) {
      assertThat(cluster.protocol().node(slot).cachedBytes()).isBetween(1L, 10_000L);
    }
  }

  @Test
  void timersAreFew() {
    bounds.census(0, BoundsChecks.MOST_TIMERS, 0, false);

    assertSeen("TIMERS_BOUND", () -> bounds.census(0, BoundsChecks.MOST_TIMERS + 1, 0, false));
  }

  @Test
  void aQueueThatStaysLongIsSeen() {
    for (int second = 0; second < 30; second++) {
      bounds.census(0, 0, BoundsChecks.SHORT_QUEUE + second + 1, false);
      bounds.census(1, 0, BoundsChecks.SHORT_QUEUE + 1, second == 20); // paused once
      simulation.run(Duration.ofSeconds(1));
    }
    simulation.run(Duration.ofSeconds(1));

    assertSeen("QUEUE_BOUND", () -> bounds.census(0, 0, BoundsChecks.SHORT_QUEUE + 1, false));
    bounds.census(1, 0, BoundsChecks.SHORT_QUEUE + 1, false);
  }
}
