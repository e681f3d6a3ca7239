package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A split cuts the leader off from its peers, not from its clients. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class IsolatedLeaderTest {
  private static final SessionKey KEY = new SessionKey(1, 2);
  private static final Duration TIMEOUT = Duration.ofSeconds(8);
  private static final Duration SPLIT = Duration.ofSeconds(5);

  @Test
  void isolatedLeaderServesNoReadAndAcknowledgesNoWrite() throws Exception {
    isolate(new ProxyNetwork(ChaosCluster.SIZE), 2);
  }

  @Test
  @Tag("long")
  void tenIsolatedLeadersServeNoReadAndAcknowledgeNoWrite() throws Exception {
    isolate(new ProxyNetwork(ChaosCluster.SIZE), 10);
  }

  @Test
  @Tag("long")
  void leaderIsolatedByTheKernelServesNoReadAndAcknowledgesNoWrite() throws Exception {
    assumeTrue(NamespaceNetwork.isPossible(), "needs root and iproute2");
    isolate(new NamespaceNetwork(ChaosCluster.SIZE), 10);
  }

  private static void isolate(Network network, int rounds) throws Exception {
    try (ChaosCluster cluster = new ChaosCluster("isolated-leader", "real", network)) {
      CounterHistory history = new CounterHistory();
      int done = 0;
      while (done < rounds) {
        done += isolateOnce(cluster, history) ? 1 : 0;
      }
      history.assertLinearizable("isolated-leader");
    }
  }

  /** False if another node led by the time that all was ready. */
  private static boolean isolateOnce(ChaosCluster cluster, CounterHistory history)
      throws Exception {
    int leader = cluster.awaitLeader();
    String address = cluster.nodes.addresses().get(leader);
    try (FreshWrites writes = new FreshWrites(cluster.nodes.addresses(), history);
        StaleReads reads = new StaleReads(address, writes.acknowledged, history);
        DirectLine line = DirectLine.to(address, ChaosCluster.PATIENCE)) {
      await().atMost(ChaosCluster.PATIENCE).until(() -> writes.acknowledged.get() > 10);
      OptionalLong session = openSession(line);
      if (session.isEmpty()) {
        return false;
      }

      cluster.network.isolate(leader);
      long split = System.nanoTime();
      List<CompletableFuture<ClientReply>> adds = new ArrayList<>();
      int client = history.client();
      while (System.nanoTime() - split < SPLIT.toNanos()) {
        SessionHeader next = new SessionHeader(session.getAsLong(), KEY, adds.size() + 1L, 1);
        CounterHistory.Asked asked = history.adds(client, "isolated", 1);
        CompletableFuture<ClientReply> answer = line.add(next, "isolated", 1, TIMEOUT);
        asked.endedBy(answer);
        adds.add(answer);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      }
      List<StaleReads.Served> served = reads.stop();
      int successor = cluster.awaitLeader();
      long term = cluster.term(successor);
      long duringSplit = writes.acknowledged.get();
      List<ClientReply> answers = answersSoFar(adds);
      cluster.network.heal();

      assertThat(successor).isNotEqualTo(leader);
      assertThat(duringSplit).as("writes go on at the others").isPositive();
      assertThat(answers).noneMatch(ClientReply.Done.class::isInstance);
      assertThat(served).as("reads before the split").isNotEmpty();
      assertThat(served)
          .as("reads asked after the split")
          .noneMatch(read -> read.askedNanos() - split > 0);
      StaleReads.assertFresh(served);
      assertHealed(cluster, leader, term);
      return true;
    }
  }

  private static List<ClientReply> answersSoFar(List<CompletableFuture<ClientReply>> calls) {
    return calls.stream().filter(CompletableFuture::isDone).map(CompletableFuture::join).toList();
  }

  private static OptionalLong openSession(DirectLine line) throws Exception {
    return line.openSession(KEY, TIMEOUT).get(10, TimeUnit.SECONDS)
            instanceof ClientReply.Done opened
        ? OptionalLong.of(opened.index())
        : OptionalLong.empty();
  }

  /** All three agree again, at most one election later. */
  private static void assertHealed(ChaosCluster cluster, int isolated, long term) {
    await()
        .atMost(ChaosCluster.PATIENCE)
        .until(
            () -> {
              int leader = cluster.awaitLeader();
              return cluster.term(isolated) == cluster.term(leader)
                  && cluster
                      .nodes
                      .report(isolated)
                      .orElseThrow()
                      .text("leader")
                      .equals(cluster.nodes.name(leader));
            });
    assertThat(cluster.term(isolated)).as("term after healing").isBetween(term, term + 1);
  }
}
