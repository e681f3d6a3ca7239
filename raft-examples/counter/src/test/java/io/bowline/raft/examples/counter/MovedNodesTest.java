package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Members are known by names, and names are late, or move: nodes find each other without a restart
 * as soon as the JVM has forgotten what it knew, and one pause between attempts later.
 */
@Tag("long")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class MovedNodesTest {
  /** What the JVM keeps a look-up for where it is told nothing else. */
  private static final Duration KEPT = Duration.ofSeconds(30);

  private static final Duration KEPT_FAILED = Duration.ofSeconds(10);

  /** Up to 2 s between attempts, an attempt, a probe; and the clock of a busy machine. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  @BeforeEach
  void needsNamespaces() {
    assumeTrue(NamespaceNetwork.isPossible(), "needs root and iproute2");
  }

  /** Seconds for which names are kept; -1 is the JVM's own choice. */
  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void aNameThatComesLateIsFound(int kept) throws Exception {
    try (NamespaceNetwork network = new NamespaceNetwork(ChaosCluster.SIZE);
        ChaosCluster cluster = NamedCluster.of("late-name", network, kept)) {
      NamedCluster.publish(network, 0, 1, 2);
      cluster.nodes.startAll();
      cluster.awaitWhole();
      cluster.nodes.killAll();

      NamedCluster.publish(network, 0, 1);
      cluster.nodes.start(0);
      cluster.nodes.start(1);
      await().atMost(ChaosCluster.PATIENCE).until(() -> cluster.nodes.leader().isPresent());
      cluster.nodes.start(2); // only now: it can dial the others, and might be elected
      await().atMost(ChaosCluster.PATIENCE).until(() -> cluster.nodes.report(2).isPresent());
      BadTimes.pass(Duration.ofSeconds(8)); // look-ups have failed by now, and are kept so
      assertThat(cluster.nodes.report(2).orElseThrow().text("leader")).isEqualTo("null");

      NamedCluster.publish(network, 0, 1, 2);
      assertFollows(cluster, 2, "late name", kept, KEPT_FAILED);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void aNodeThatComesBackElsewhereUnderItsNameIsFound(int kept) throws Exception {
    try (NamespaceNetwork network = new NamespaceNetwork(ChaosCluster.SIZE);
        ChaosCluster cluster = NamedCluster.of("moved-name", network, kept)) {
      NamedCluster.publish(network, 0, 1, 2);
      cluster.nodes.startAll();
      cluster.awaitWhole();
      int moved = cluster.followerBut(-1);

      cluster.nodes.process(moved).kill();
      network.move(moved);
      NamedCluster.publish(network, 0, 1, 2);
      cluster.nodes.start(moved);
      await().atMost(ChaosCluster.PATIENCE).until(() -> cluster.nodes.report(moved).isPresent());
      assertFollows(cluster, moved, "moved name", kept, KEPT);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void allThatComeBackElsewhereUnderTheirNamesFindEachOther(int kept) throws Exception {
    try (NamespaceNetwork network = new NamespaceNetwork(ChaosCluster.SIZE);
        ChaosCluster cluster = NamedCluster.of("moved-all", network, kept)) {
      NamedCluster.publish(network, 0, 1, 2);
      cluster.nodes.startAll();
      cluster.awaitWhole();

      cluster.nodes.killAll();
      for (int node = 0; node < ChaosCluster.SIZE; node++) {
        network.move(node);
      }
      cluster.nodes.startAll(); // names come when all run, with the addresses they had before
      BadTimes.pass(Duration.ofSeconds(8));
      assertThat(cluster.nodes.leader()).isEmpty();
      NamedCluster.publish(network, 0, 1, 2);
      long begin = System.nanoTime();
      cluster.awaitWhole();
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      System.out.println("all moved, names kept for " + kept + " s: whole after " + took);
      assertThat(took).isLessThan(bound(kept, KEPT).plus(ChaosCluster.ELECTION_TIMEOUT));
    }
  }

  @Test
  void aNodeDoesNotNeedToKnowItsOwnName() throws Exception {
    try (NamespaceNetwork network = new NamespaceNetwork(ChaosCluster.SIZE);
        ChaosCluster cluster = NamedCluster.of("own-name", network, NamedCluster.BY_DEFAULT)) {
      for (int node = 0; node < ChaosCluster.SIZE; node++) {
        List<Integer> others = new ArrayList<>(List.of(0, 1, 2));
        others.remove(Integer.valueOf(node));
        NamedCluster.publishTo(network, node, others);
      }
      cluster.nodes.startAll();

      cluster.awaitWhole();
    }
  }

  private static void assertFollows(
      ChaosCluster cluster, int node, String what, int kept, Duration keptByItself) {
    Duration took = cluster.awaitFollowing(node, ChaosCluster.PATIENCE);
    System.out.println(what + ", names kept for " + kept + " s: followed after " + took);
    assertThat(took).as(what).isLessThan(bound(kept, keptByItself));
  }

  private static Duration bound(int kept, Duration keptByItself) {
    return (kept < 0 ? keptByItself : Duration.ofSeconds(kept)).plus(PAUSE);
  }
}
