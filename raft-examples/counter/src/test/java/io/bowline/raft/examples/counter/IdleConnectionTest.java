package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bowline.raft.client.RaftClient;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.model.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A group at rest, whose heartbeats are rare. Pings keep its connections; a middle box that forgets
 * even those, and drops them without a word, costs neither the leader nor a call.
 */
@Tag("long")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class IdleConnectionTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @BeforeEach
  void needsNamespaces() {
    assumeTrue(NamespaceNetwork.isPossible(), "needs root and iproute2");
  }

  @Test
  void connectionsAtRestAreKeptWhereTheMiddleBoxForgetsAfterTwentySeconds() throws Exception {
    int forgotten = rest("kept-idle", Duration.ofSeconds(20));

    assertThat(forgotten).as("connections without a sign of life for 20 s").isZero();
  }

  @Test
  void connectionsThatAreForgottenAtRestMoveNoLeaderAndTheFirstCallEndsInTime() throws Exception {
    int forgotten = rest("forgotten-idle", Duration.ofSeconds(4));

    assertThat(forgotten).as("connections that were forgotten").isPositive();
  }

  private static int rest(String name, Duration silence) throws Exception {
    List<String> rare = List.of("heartbeat=5000", "election=25000", "-Dbowline.log=INFO");
    try (NamespaceNetwork network = new NamespaceNetwork(ChaosCluster.SIZE);
        ChaosCluster cluster = new ChaosCluster(name, "real", network, node -> rare)) {
      cluster.nodes.startAll();
      cluster.nodes.awaitLeader(Duration.ofMinutes(4)); // its election timeout is long
      cluster.awaitWhole();
      int leader = cluster.awaitLeader();
      long term = cluster.term(leader);
      try (RaftClient<Command, List<Count>> client =
          Increments.client(network.addresses(), TIMEOUT)) {
        assertThat(client.submitAndWait(new Command("idle", 1)))
            .isInstanceOf(Outcome.Committed.class);
        int[] forgotten = {0};
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BadTimes.rounds(60));
        await()
            .pollInterval(Duration.ofMillis(500))
            .forever()
            .until(
                () -> {
                  forgotten[0] += network.forgetSilent(silence);
                  return System.nanoTime() >= end;
                });

        long begin = System.nanoTime();
        Outcome<List<Count>> first = client.submitAndWait(new Command("idle", 1));
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        System.out.println(
            forgotten[0] + " connections forgotten, first call " + first + " after " + took);
        assertThat(first).isInstanceOf(Outcome.Committed.class);
        assertThat(took).as("first call").isLessThan(TIMEOUT);
        assertThat(cluster.term(leader)).as("term").isEqualTo(term);
        assertThat(log(cluster)).doesNotContain("GOAWAY").doesNotContain("too_many_pings");
        return forgotten[0];
      }
    }
  }

  private static String log(ChaosCluster cluster) throws IOException {
    StringBuilder all = new StringBuilder();
    for (int node = 0; node < ChaosCluster.SIZE; node++) {
      all.append(Files.readString(cluster.nodes.log(node)));
    }
    return all.toString();
  }
}
