package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bowline.raft.examples.lab.Report;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One peer is a black hole: what is sent to it is lost, connects and look-ups hang. The others go
 * on as if it were not: heartbeats come, the leader stays, and writes take as long as before.
 */
@Tag("long")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SilentPeerTest {
  private static final Duration QUIET = Duration.ofSeconds(10);

  /** Twice the default heartbeat interval. */
  private static final long MAX_GAP_MILLIS = 200;

  /** What the clock of a busy machine adds to a p99 that is unchanged. */
  private static final Duration SLACK = Duration.ofMillis(20);

  @BeforeEach
  void needsNamespaces() {
    assumeTrue(NamespaceNetwork.isPossible(), "needs root and iproute2");
  }

  @Test
  void aPeerThatFallsSilentIsNotNoticedByTheOthers() throws Exception {
    try (NamespaceNetwork network = new NamespaceNetwork(ChaosCluster.SIZE);
        ChaosCluster cluster = new ChaosCluster("silent-peer", "real", network);
        PacedWrites writes = new PacedWrites(network.addresses())) {
      int silent = cluster.followerBut(-1);
      Duration before = p99(writes, QUIET);
      network.silence(silent);
      assertUnnoticed(cluster, writes, silent, before);

      network.passAll();
      cluster.awaitFollowing(silent, Duration.ofSeconds(30));
    }
  }

  @Test
  void aPeerThatIsSilentFromBeforeTheStartIsNotNoticed() throws Exception {
    startWithout(network -> {});
  }

  @Test
  void aPeerWhoseNameServerNeverAnswersIsNotNoticed() throws Exception {
    startWithout(
        network -> {
          for (int node = 0; node < ChaosCluster.SIZE; node++) {
            network.names(node, Map.of());
            network.unanswered(node);
          }
        });
  }

  /** What is done to a network before its nodes start for the second time. */
  @FunctionalInterface
  private interface Harm {
    void to(NamespaceNetwork network) throws IOException;
  }

  private static void startWithout(Harm harm) throws Exception {
    int silent = 2;
    String name = "n3.lab";
    try (NamespaceNetwork network = new NamespaceNetwork(ChaosCluster.SIZE);
        ChaosCluster cluster =
            new ChaosCluster("silent-start", "real", network, node -> named(network, node, name))) {
      for (int node = 0; node < ChaosCluster.SIZE; node++) {
        network.names(node, Map.of(name, network.host(silent)));
      }
      cluster.nodes.startAll();
      cluster.awaitWhole();
      cluster.nodes.killAll();

      harm.to(network);
      network.silence(silent);
      cluster.nodes.startAll();
      List<String> others = network.addresses().subList(0, silent);
      await().atMost(ChaosCluster.PATIENCE).until(() -> cluster.nodes.leader().isPresent());
      try (PacedWrites writes = new PacedWrites(others)) {
        p99(writes, QUIET); // JVMs that have just started
        assertUnnoticed(cluster, writes, silent, p99(writes, QUIET));
      }
    }
  }

  private static List<String> named(NamespaceNetwork network, int node, String third) {
    List<String> all = new ArrayList<>(network.addresses().subList(0, 2));
    return List.of(
        "nodes=n1=" + all.get(0) + ",n2=" + all.get(1) + ",n3=" + third + ":7100",
        "listen=" + network.addresses().get(node));
  }

  private static Duration p99(PacedWrites writes, Duration span) {
    long begin = System.nanoTime();
    BadTimes.pass(span);
    return writes.p99Since(begin);
  }

  private static void assertUnnoticed(
      ChaosCluster cluster, PacedWrites writes, int silent, Duration before) {
    int leader = cluster.awaitLeader();
    long term = cluster.term(leader);
    int follower = cluster.followerBut(silent);
    cluster.ask(follower, "clear");
    cluster.ask(leader, "clear");
    long begin = System.nanoTime();
    BadTimes.pass();
    Report heard = cluster.ask(follower, "status");
    long stalls = heard.number("stall") + cluster.ask(leader, "status").number("stall");
    Duration during = writes.p99Since(begin);
    Map<String, Object> figures = new HashMap<>();
    figures.put("p99 before", before);
    figures.put("p99 during", during);
    figures.put("heartbeats", heard.number("beats"));
    figures.put("longest gap ms", heard.number("gap"));
    figures.put("longest standstills of both ms", stalls);
    System.out.println("a silent peer: " + figures);

    assertThat(cluster.term(leader)).as("term").isEqualTo(term);
    assertThat(heard.number("beats")).as("heartbeats").isGreaterThan(100);
    assertThat(heard.number("gap"))
        .as("longest gap, ms, beside the standstills of the two processes")
        .isLessThanOrEqualTo(MAX_GAP_MILLIS + stalls);
    assertThat(writes.countSince(begin)).as("writes").isGreaterThan(100);
    assertThat(writes.failedSince(begin)).as("writes that failed").isZero();
    assertThat(during).as("p99").isLessThanOrEqualTo(before.multipliedBy(2).plus(SLACK));
  }
}
