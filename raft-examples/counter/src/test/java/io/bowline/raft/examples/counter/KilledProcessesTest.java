package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** kill -9 of all three at once, and what an acknowledgement is worth then. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class KilledProcessesTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(40);
  private static final int OUTSTANDING = 64;

  @Test
  void noAcknowledgedIncrementIsLostOrDoubledByKillingAll() throws Exception {
    assertNothingLostByKills(3);
  }

  @Test
  @Tag("long")
  void noAcknowledgedIncrementIsLostOrDoubledByKillingAllTwentyTimes() throws Exception {
    assertNothingLostByKills(20);
  }

  @Test
  void noAcknowledgedIncrementIsLostOrDoubledByPowerCutsOfAll() throws Exception {
    assertNothingLostByPowerCuts(3);
  }

  @Test
  @Tag("long")
  void noAcknowledgedIncrementIsLostOrDoubledByTwentyPowerCutsOfAll() throws Exception {
    assertNothingLostByPowerCuts(20);
  }

  private static void assertNothingLostByKills(int rounds) throws Exception {
    try (ChaosCluster cluster = new ChaosCluster("kill-all", "recording")) {
      List<Increments.Call> acknowledged = killAllInRounds(cluster, rounds, "kill-all");

      assertThat(acknowledged).hasSizeGreaterThan(100);
      assertEachWasDurableOnTwo(cluster, acknowledged);
    }
  }

  private static void assertNothingLostByPowerCuts(int rounds) throws Exception {
    try (ChaosCluster cluster = new ChaosCluster("power-cut", "losing")) {
      assertThat(killAllInRounds(cluster, rounds, "power-cut")).hasSizeGreaterThan(100);
    }
  }

  private static List<Increments.Call> killAllInRounds(
      ChaosCluster cluster, int rounds, String name) throws Exception {
    CounterHistory history = new CounterHistory();
    try (Increments load = new Increments(cluster.nodes.addresses(), TIMEOUT, history)) {
      Random random = new Random();
      load.start(OUTSTANDING);
      for (int round = 0; round < rounds; round++) {
        int before = load.acks.count();
        awaitAcks(load, before + 100);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(1_000)));
        cluster.nodes.killAll();
        cluster.nodes.startAll();
        cluster.awaitLeader();
      }
      awaitAcks(load, load.acks.count() + 100);
      load.stop();
      Map<String, Long> outcomes =
          load.calls.stream()
              .collect(
                  Collectors.groupingBy(
                      call -> call.outcome().getClass().getSimpleName(), Collectors.counting()));
      System.out.println(rounds + " rounds of kill -9 of all: " + outcomes);
      load.assertNothingLostOrDoubled();
      history.assertLinearizable(name);
      return load.acknowledged();
    }
  }

  private static void awaitAcks(Increments load, int count) {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (load.acks.count() < count && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(load.acks.count()).as("acknowledgements").isGreaterThanOrEqualTo(count);
  }

  /** No acknowledgement before an fdatasync that covers its entry had returned on two nodes. */
  private static void assertEachWasDurableOnTwo(
      ChaosCluster cluster, List<Increments.Call> acknowledged) throws Exception {
    List<SyncRecords> nodes = new ArrayList<>();
    for (int node = 0; node < cluster.nodes.size(); node++) {
      Path data = cluster.nodes.data(node);
      nodes.add(SyncRecords.read(data.resolveSibling(data.getFileName() + ".syncs")));
    }
    List<Increments.Call> early =
        acknowledged.stream().filter(call -> !wasDurableOnTwo(nodes, call)).toList();

    assertThat(early).as("acknowledged before two nodes had it durable").isEmpty();
    System.out.println(acknowledged.size() + " acknowledgements joined with the fdatasyncs");
  }

  private static boolean wasDurableOnTwo(List<SyncRecords> nodes, Increments.Call call) {
    long index = ((Outcome.Committed<?>) call.outcome()).index();
    Map<EntryId, Long> holders =
        nodes.stream()
            .flatMap(node -> node.durableBy(index, call.endNanos()).stream())
            .collect(Collectors.groupingBy(id -> id, Collectors.counting()));
    return holders.values().stream().anyMatch(count -> count >= 2);
  }
}
