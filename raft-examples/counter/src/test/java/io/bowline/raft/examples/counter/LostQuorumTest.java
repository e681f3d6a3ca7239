package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.client.RaftClient;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.model.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two of three are down: nothing is promised, nothing hangs; one comes back. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class LostQuorumTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final Duration SLACK = Duration.ofSeconds(1);

  @Test
  void withoutQuorumNothingIsPromisedAndServiceResumesSoonAfterItIsBack() throws Exception {
    loseQuorum(3);
  }

  @Test
  @Tag("long")
  void serviceResumesSoonAfterEachOfTenLostQuorums() throws Exception {
    loseQuorum(10);
  }

  private static void loseQuorum(int rounds) throws Exception {
    Resumption resumption = new Resumption("service after a quorum accepts connections");
    CounterHistory history = new CounterHistory();
    try (ChaosCluster cluster = new ChaosCluster("lost-quorum", "real")) {
      for (int round = 0; round < rounds; round++) {
        int survivor = round % cluster.nodes.size(); // the leader in some rounds, not in others
        int first = (survivor + 1) % cluster.nodes.size();
        int second = (survivor + 2) % cluster.nodes.size();
        cluster.awaitWhole();
        CompletableFuture.allOf(
                CompletableFuture.runAsync(cluster.nodes.process(first)::kill),
                CompletableFuture.runAsync(cluster.nodes.process(second)::kill))
            .get(10, TimeUnit.SECONDS);

        assertNothingIsPromised(cluster, history);
        resumption.add(gapAfterReturnOf(cluster, first, history));

        cluster.nodes.start(second);
        cluster.nodes.awaitListening(second, ChaosCluster.PATIENCE);
      }
    }
    history.assertLinearizable("lost-quorum");
    resumption.assertWithinBounds();
  }

  private static void assertNothingIsPromised(ChaosCluster cluster, CounterHistory history)
      throws Exception {
    try (RaftClient<Command, List<Count>> client =
        Increments.client(cluster.nodes.addresses(), TIMEOUT)) {
      int number = history.client();
      List<CompletableFuture<Duration>> calls = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        CounterHistory.Asked add = history.adds(number, Probes.COUNTER, 1);
        calls.add(refused(add, client.submit(new Command(Probes.COUNTER, 1))));
        CounterHistory.Asked get = history.gets(number, Probes.COUNTER);
        calls.add(refused(get, client.query(new Command(Probes.COUNTER, 0))));
      }
      for (CompletableFuture<Duration> call : calls) {
        assertThat(call.get(60, TimeUnit.SECONDS)).isLessThan(TIMEOUT.plus(SLACK));
      }
    }
  }

  /** How long the call took to say that nothing was, or may not have been, done. */
  private static CompletableFuture<Duration> refused(
      CounterHistory.Asked asked, CompletableFuture<Outcome<List<Count>>> call) {
    long begin = System.nanoTime();
    return call.thenApply(
        outcome -> {
          asked.ended(outcome);
          assertThat(outcome).isNotInstanceOf(Outcome.Committed.class);
          return Duration.ofNanos(System.nanoTime() - begin);
        });
  }

  private static Duration gapAfterReturnOf(ChaosCluster cluster, int node, CounterHistory history)
      throws Exception {
    try (Probes probes = new Probes(cluster.nodes.addresses(), history)) {
      cluster.nodes.start(node);
      long quorum = cluster.nodes.awaitListening(node, ChaosCluster.PATIENCE);
      await()
          .atMost(ChaosCluster.PATIENCE)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> probes.acks.firstAfter(quorum) != 0);
      return Duration.ofNanos(probes.acks.firstAfter(quorum) - quorum);
    }
  }
}
