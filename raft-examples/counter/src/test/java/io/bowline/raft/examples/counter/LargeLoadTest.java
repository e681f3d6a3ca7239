package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.client.RaftClient;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.examples.lab.Report;
import io.bowline.raft.model.Outcome;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More bytes under way than a process has memory for. */
@Tag("long")
@Timeout(300)
class LargeLoadTest {
  private static final int CALLS = 64;
  private static final int LARGE = 4 << 20;
  private static final long RETRY_NANOS = 50_000_000;

  private volatile String lastRefusal = "";

  /** Whoever runs out of memory halts, says so, and is well after a restart; nothing is lost. */
  @Test
  void memoryThatRunsOutIsSaidAndCostsNoCommand() throws Exception {
    try (TrialCluster cluster =
        new TrialCluster("little-memory", "-Xmx96m", "-XX:MaxDirectMemorySize=32m")) {
      cluster.startAll();
      AtomicLong acknowledged = new AtomicLong();
      AtomicLong unknown = new AtomicLong();
      AtomicLong restarts = new AtomicLong();
      try (RaftClient<Command, List<Count>> client =
          Increments.client(cluster.nodes.addresses(), Duration.ofSeconds(20))) {
        Command large = new Command("large " + "x".repeat(LARGE - 100), 1);
        AtomicBoolean runs = new AtomicBoolean(true);
        AtomicLong callers = new AtomicLong(CALLS);
        for (int i = 0; i < CALLS; i++) {
          Thread caller =
              new Thread(
                  () -> {
                    ask(client, large, runs, acknowledged, unknown);
                    callers.decrementAndGet();
                  });
          caller.setDaemon(true);
          caller.start();
        }
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() - end < 0) {
          TrialCluster.rest(Duration.ofSeconds(1));
          restarts.addAndGet(startTheHalted(cluster));
        }
        runs.set(false);
        await().atMost(TrialCluster.PATIENCE).until(() -> callers.get() == 0);
        await()
            .atMost(TrialCluster.PATIENCE)
            .until(
                () -> {
                  restarts.addAndGet(startTheHalted(cluster));
                  return client.submitAndWait(new Command("small", 1)) instanceof Outcome.Committed;
                });
        Outcome<List<Count>> all = client.queryAndWait(new Command("large", 0));

        System.out.printf(
            "%d of 4 MiB acknowledged, %d unknown, %d nodes halted and were started again, %s%n",
            acknowledged.get(), unknown.get(), restarts.get(), lastRefusal);
        assertThat(acknowledged.get()).isPositive();
        assertThat(all)
            .isInstanceOfSatisfying(
                Outcome.Committed.class,
                read ->
                    assertThat(((List<?>) read.reply()).get(0))
                        .isInstanceOfSatisfying(
                            Count.class,
                            count ->
                                assertThat(count.value())
                                    .isBetween(
                                        acknowledged.get(), acknowledged.get() + unknown.get())));
      }
    }
  }

  private void ask(
      RaftClient<Command, List<Count>> client,
      Command large,
      AtomicBoolean runs,
      AtomicLong acknowledged,
      AtomicLong unknown) {
    while (runs.get()) {
      try {
        Outcome<List<Count>> outcome = client.submitAndWait(large);
        if (outcome instanceof Outcome.Committed) {
          acknowledged.incrementAndGet();
        } else {
          unknown.addAndGet(outcome instanceof Outcome.Unknown ? 1 : 0);
          lastRefusal = outcome.toString();
          LockSupport.parkNanos(RETRY_NANOS);
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** A node that has halted must have said why; its process is started anew. */
  private static int startTheHalted(TrialCluster cluster) throws Exception {
    int started = 0;
    for (int node = 0; node < TrialCluster.SIZE; node++) {
      String answer =
          cluster.nodes.process(node).ask("status=1", Duration.ofSeconds(20)).orElse("");
      String halted = Report.parse(answer).text("halted");
      if (answer.isEmpty() || !halted.isEmpty()) {
        String log = Files.readString(cluster.nodes.log(node));
        assertThat(log).as("%s %s", cluster.nodes.name(node), halted).contains("OutOfMemoryError");
        assertThat(halted).as("why it halted").containsAnyOf("memory", "OutOfMemoryError");
        cluster.nodes.process(node).kill();
        cluster.nodes.start(node);
        started++;
      }
    }
    return started;
  }
}
