package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.examples.lab.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** State machines that are slow or stuck, in processes with little heap. */
@Tag("long")
@Timeout(300)
class SlowApplyTest {
  private static final long MIB = 1 << 20;
  private static final String FULL_LOAD = "callers=256 bytes=1024";

  /** Over what a node keeps by its settings, which is full before the first look. */
  private static final long FLAT = 12 * MIB;

  @Test
  void aStuckFollowerCostsTheOthersNothingAndCatchesUp() throws Exception {
    try (TrialCluster cluster = new TrialCluster("stuck-follower", "-Xmx128m")) {
      int leader = cluster.startAll();
      int stuck = (leader + 1) % TrialCluster.SIZE;
      cluster.ask(leader, FULL_LOAD);
      TrialCluster.rest(Duration.ofSeconds(8));
      List<Double> ratios = new ArrayList<>();
      List<Long> held = new ArrayList<>();
      long behind = 0;
      for (int round = 0; round < 5; round++) {
        double before = cluster.rateOf(leader, Duration.ofSeconds(3));
        cluster.ask(stuck, "apply=block");
        double during = cluster.rateOf(leader, Duration.ofSeconds(6));
        held.add(cluster.held(stuck));
        during = (during + cluster.rateOf(leader, Duration.ofSeconds(3))) / 2;
        held.add(cluster.held(stuck));
        Report report = cluster.ask(stuck, "apply=go");
        behind = Math.max(behind, report.number("commit") - report.number("lastApplied"));
        cluster.awaitApplied(stuck, cluster.report(leader).number("applied"));
        double after = cluster.rateOf(leader, Duration.ofSeconds(3));
        ratios.add(2 * during / (before + after));
      }
      cluster.ask(leader, "rest=1");
      double ratio = DoubleStream.of(sorted(ratios)).skip(2).findFirst().orElseThrow();
      System.out.printf(
          "stuck follower: %.0f %% of the throughput (%s), %d commands behind, holds %s MiB%n",
          100 * ratio, ratios, behind, mib(held));

      assertThat(behind).as("KiB behind: more than the heap").isGreaterThan(32_000);
      assertThat(ratio).isGreaterThanOrEqualTo(0.95);
      assertFlat(held);
      awaitEqual(cluster);
    }
  }

  @Test
  void aSlowLeaderRefusesAtALimitAndRecoversAtOnce() throws Exception {
    try (TrialCluster cluster = new TrialCluster("slow-leader", "-Xmx128m")) {
      int leader = cluster.startAll();
      cluster.ask(leader, "apply=20000000");
      cluster.ask(leader, "rate=10000 bytes=1024");
      TrialCluster.rest(Duration.ofSeconds(6));
      List<Long> held = heldOver(cluster, leader, 3);
      Report settled = cluster.report(leader);
      held.addAll(heldOver(cluster, leader, 3));
      Report slow = cluster.report(leader);
      cluster.ask(leader, "apply=go");
      long go = System.nanoTime();
      await()
          .atMost(Duration.ofSeconds(5))
          .pollInterval(Duration.ofMillis(10))
          .until(() -> isTaken(cluster.ask(leader, "propose=1")));
      long millis = (System.nanoTime() - go) / 1_000_000;
      cluster.ask(leader, "rest=1");
      System.out.println(
          "slow leader: holds " + mib(held) + " MiB, back after " + millis + " ms; " + slow);

      assertFlat(held);
      assertThat(slow.text("limit")).isEqualTo("applyBacklogMillis");
      assertThat(slow.number("overloaded")).isEqualTo(slow.number("refused")).isGreaterThan(50_000);
      assertThat(slow.number("committed")).isGreaterThan(100);
      // a second of calls has come before anybody knows how slow it is; they are the last
      assertThat(slow.number("mostPending")).isLessThan(12_000);
      assertThat(slow.number("unknown")).isLessThan(12_000).isEqualTo(settled.number("unknown"));
      assertThat(slow.number("pending")).isLessThan(600);
      assertThat(slow.number("late")).isZero();
      awaitEqual(cluster);
    }
  }

  @Test
  void whenAllAreStuckCallsEndAndNothingGrows() throws Exception {
    try (TrialCluster cluster = new TrialCluster("all-stuck", "-Xmx128m").with("timeout=3000")) {
      int leader = cluster.startAll();
      cluster.ask(leader, "rate=10000 bytes=1024");
      TrialCluster.rest(Duration.ofSeconds(3));
      for (int node = 0; node < TrialCluster.SIZE; node++) {
        cluster.ask(node, "apply=block");
      }
      TrialCluster.rest(Duration.ofSeconds(4));
      List<List<Long>> held = new ArrayList<>();
      for (int node = 0; node < TrialCluster.SIZE; node++) {
        held.add(heldOver(cluster, node, 2));
      }
      Report stuck = cluster.report(leader);
      for (int node = 0; node < TrialCluster.SIZE; node++) {
        held.get(node).addAll(heldOver(cluster, node, 1));
        cluster.ask(node, "apply=go");
      }
      await().atMost(Duration.ofSeconds(5)).until(() -> isTaken(cluster.ask(leader, "propose=1")));
      cluster.ask(leader, "rest=1");
      System.out.println("all stuck: hold " + held.stream().map(SlowApplyTest::mib).toList());
      System.out.println(stuck);

      held.forEach(SlowApplyTest::assertFlat);
      assertThat(stuck.number("overloaded")).isEqualTo(stuck.number("refused")).isPositive();
      assertThat(stuck.number("pending")).isLessThan(100);
      assertThat(stuck.number("late")).isZero();
      awaitEqual(cluster);
    }
  }

  private static List<Long> heldOver(TrialCluster cluster, int node, int looks) {
    List<Long> held = new ArrayList<>();
    for (int look = 0; look < looks; look++) {
      TrialCluster.rest(Duration.ofSeconds(4));
      held.add(cluster.held(node));
    }
    return held;
  }

  private static boolean isTaken(Report call) {
    return call.text("outcome").startsWith("Committed");
  }

  private static void assertFlat(List<Long> held) {
    long least = held.stream().mapToLong(Long::longValue).min().orElseThrow();
    long most = held.stream().mapToLong(Long::longValue).max().orElseThrow();
    assertThat(most - least).as("bytes held, over time: %s", held).isLessThan(FLAT);
  }

  /** All have applied the same, and nothing has halted. */
  private static void awaitEqual(TrialCluster cluster) {
    await()
        .atMost(TrialCluster.PATIENCE)
        .until(
            () -> {
              Report first = cluster.report(0);
              for (int node = 0; node < TrialCluster.SIZE; node++) {
                Report report = cluster.report(node);
                assertThat(report.text("halted")).isEmpty();
                if (report.number("applied") != first.number("applied")
                    || report.number("lastApplied") != report.number("commit")) {
                  return false;
                }
              }
              return true;
            });
  }

  private static double[] sorted(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  private static List<Long> mib(List<Long> bytes) {
    return bytes.stream().map(b -> b / MIB).toList();
  }
}
