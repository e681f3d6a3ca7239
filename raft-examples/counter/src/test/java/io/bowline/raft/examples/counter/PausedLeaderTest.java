package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** SIGSTOP of the leader: a long pause of its machine, after which it believes to lead. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class PausedLeaderTest {
  private static final Duration PAUSE = Duration.ofSeconds(5);

  @Test
  void pausedLeaderIsReplacedStepsDownAndServesNothingStale() throws Exception {
    pause(2);
  }

  @Test
  @Tag("long")
  void tenPausedLeadersAreReplacedSoon() throws Exception {
    pause(10);
  }

  private static void pause(int rounds) throws Exception {
    Resumption resumption = new Resumption("service after SIGSTOP of the leader");
    CounterHistory history = new CounterHistory();
    try (ChaosCluster cluster = new ChaosCluster("paused-leader", "real");
        Increments load =
            new Increments(cluster.nodes.addresses(), Duration.ofSeconds(20), history)) {
      load.start(16);
      for (int round = 0; round < rounds; round++) {
        resumption.add(pauseOnce(cluster, history));
      }
      load.stop();
      load.assertNothingLostOrDoubled();
      history.assertLinearizable("paused-leader");
    }
    resumption.assertWithinBounds();
  }

  private static Duration pauseOnce(ChaosCluster cluster, CounterHistory history) throws Exception {
    int leader = cluster.awaitLeader();
    long term = cluster.term(leader);
    try (Probes probes = new Probes(cluster.nodes.addresses(), history);
        FreshWrites writes = new FreshWrites(cluster.nodes.addresses(), history);
        StaleReads reads =
            new StaleReads(cluster.nodes.addresses().get(leader), writes.acknowledged, history)) {
      await().atMost(ChaosCluster.PATIENCE).until(() -> writes.acknowledged.get() > 10);
      long paused = System.nanoTime();
      cluster.nodes.process(leader).pause();
      LockSupport.parkNanos(PAUSE.toNanos());
      long resumed = System.nanoTime();
      cluster.nodes.process(leader).resume();

      await()
          .atMost(ChaosCluster.PATIENCE)
          .until(() -> cluster.nodes.report(leader).map(r -> r.number("term")).orElse(0L) > term);
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1)); // let it serve what it would serve
      List<StaleReads.Served> served = reads.stop();

      StaleReads.assertFresh(served);
      assertThat(served).as("reads before the pause").isNotEmpty();
      assertThat(probes.acks.firstAfter(paused)).isNotZero();
      assertThat(writes.acknowledged.get()).isPositive();
      assertThat(Duration.ofNanos(resumed - paused)).isGreaterThanOrEqualTo(PAUSE);
      return probes.acks.gapAfter(paused);
    }
  }
}
