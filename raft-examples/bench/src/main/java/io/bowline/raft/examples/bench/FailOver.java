package io.bowline.raft.examples.bench;

import io.bowline.raft.examples.lab.AckTimes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Kills the leader under load and looks for the gap in the acknowledgements. */
final class FailOver {
  private static final int OUTSTANDING = 64;
  private static final int PAYLOAD_BYTES = 32;
  private static final long PROBE_MILLIS = 10;
  private static final long LOAD_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long FLOWING_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final double DRAIN_SECONDS = 30;

  private final BenchCluster cluster;

  /** Gaps in ms, and how the calls of all rounds ended: committed, not committed, unknown. */
  record Result(List<Long> gapMillis, List<Long> outcomes) {
    String sentence() {
      if (gapMillis.isEmpty()) {
        return "no leader was killed";
      }
      List<Long> sorted = gapMillis.stream().sorted().toList();
      return "fail-over gap after kill -9, 64 outstanding: median "
          + sorted.get(sorted.size() / 2)
          + " ms, all "
          + gapMillis
          + " ms; "
          + outcomes.get(0)
          + " committed, "
          + outcomes.get(1)
          + " not committed, "
          + outcomes.get(2)
          + " unknown";
    }

    Json json() {
      return new Json()
          .put("kind", "failover")
          .put("gaps_ms", gapMillis.toString())
          .put("committed", outcomes.get(0))
          .put("not_committed", outcomes.get(1))
          .put("unknown", outcomes.get(2));
    }
  }

  FailOver(BenchCluster cluster) {
    this.cluster = cluster;
  }

  Result run(int rounds) throws IOException {
    AckTimes acks = new AckTimes();
    ClosedLoop loop = new ClosedLoop(cluster.client, Cell.Op.WRITE, PAYLOAD_BYTES).recording(acks);
    ScheduledExecutorService prober = Executors.newSingleThreadScheduledExecutor();
    try {
      loop.start(OUTSTANDING);
      var unused =
          prober.scheduleAtFixedRate(
              loop::probe, PROBE_MILLIS, PROBE_MILLIS, TimeUnit.MILLISECONDS);
      List<Long> gaps = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        LockSupport.parkNanos(LOAD_NANOS);
        gaps.add(gap(acks).toMillis());
      }
      prober.shutdown();
      loop.drain(DRAIN_SECONDS);
      return new Result(
          gaps, List.of(loop.committed.sum(), loop.notCommitted.sum(), loop.unknown.sum()));
    } finally {
      prober.shutdownNow();
    }
  }

  private Duration gap(AckTimes acks) throws IOException {
    int leader = cluster.nodes.awaitLeader(PATIENCE);
    long killed = System.nanoTime();
    cluster.nodes.process(leader).kill();
    long deadline = killed + PATIENCE.toNanos();
    // what was on its way at the kill may still be answered: look for the gap once it flows again
    while (System.nanoTime() < deadline && !flowsAgain(acks, killed)) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
    Duration gap = acks.gapAfter(killed);
    cluster.nodes.start(leader);
    cluster.nodes.awaitListening(leader, PATIENCE);
    return gap;
  }

  private boolean flowsAgain(AckTimes acks, long killed) {
    int before = acks.count();
    LockSupport.parkNanos(FLOWING_NANOS);
    return acks.firstAfter(killed) != 0
        && cluster.nodes.leader().isPresent()
        && acks.count() - before > FLOWING_NANOS / TimeUnit.MILLISECONDS.toNanos(PROBE_MILLIS) / 2;
  }
}
