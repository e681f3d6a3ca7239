package io.bowline.raft.examples.counter;

import static org.awaitility.Awaitility.await;

import io.bowline.raft.examples.lab.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A leader that is back before its followers miss it does not keep them from electing another. */
@Tag("long")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class RestartedLeaderTest {
  private static final long[] PAUSES_MILLIS = {10, 100, 500, 900, 1_100};
  private static final int ROUNDS = 3;

  @Test
  void theNextLeaderComesInTimeWhateverThePauseOfAQuietGroup() throws Exception {
    Resumption resumption = new Resumption("next leader of a quiet group");
    try (ChaosCluster cluster = new ChaosCluster("restarted-leader", "real")) {
      restartLeaders(cluster, resumption);
    }
    resumption.assertWithinBounds();
  }

  @Test
  void theNextLeaderComesInTimeWhateverThePauseUnderLoad() throws Exception {
    Resumption resumption = new Resumption("next leader under load");
    CounterHistory history = new CounterHistory();
    try (ChaosCluster cluster = new ChaosCluster("restarted-loaded", "real");
        Increments load =
            new Increments(cluster.nodes.addresses(), Duration.ofSeconds(20), history)) {
      load.start(8);
      restartLeaders(cluster, resumption);
      load.stop();
      load.assertNothingLostOrDoubled();
    }
    resumption.assertWithinBounds();
  }

  private static void restartLeaders(ChaosCluster cluster, Resumption resumption) throws Exception {
    for (int round = 0; round < BadTimes.rounds(ROUNDS); round++) {
      for (long pause : PAUSES_MILLIS) {
        cluster.awaitWhole();
        resumption.add(restartLeader(cluster, pause));
      }
    }
  }

  private static Duration restartLeader(ChaosCluster cluster, long pauseMillis) throws Exception {
    int leader = cluster.awaitLeader();
    long term = cluster.term(leader);
    cluster.nodes.process(leader).kill();
    long killed = System.nanoTime();
    Thread starter =
        new Thread(
            () -> {
              BadTimes.pass(Duration.ofMillis(pauseMillis));
              try {
                cluster.nodes.start(leader);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            "starter");
    starter.start();
    await()
        .atMost(ChaosCluster.PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> IntStream.range(0, ChaosCluster.SIZE).anyMatch(n -> leads(cluster, n, term)));
    Duration gap = Duration.ofNanos(System.nanoTime() - killed);
    starter.join();
    return gap;
  }

  private static boolean leads(ChaosCluster cluster, int node, long after) {
    Optional<Report> report = cluster.nodes.report(node);
    return report.isPresent() && report.get().leads() && report.get().number("term") > after;
  }
}
