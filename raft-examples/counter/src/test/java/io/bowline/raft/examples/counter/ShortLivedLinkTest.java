package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.examples.lab.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The link to one follower dies young, again and again: it costs little and is over soon. */
@Tag("long")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ShortLivedLinkTest {
  /** Enough for the hellos, not for what follows them. */
  private static final long FEW_BYTES = 300;

  /**
   * Two connections, each way, at most once in the longest pause, and once when the other dials.
   */
  private static final double MAX_ATTEMPTS_A_SECOND = 8;

  /** The longest pause between attempts is 2 s; then hellos, a probe, and what was missed. */
  private static final Duration SOON = Duration.ofSeconds(5);

  @Test
  void connectionsThatAreResetAfterAFewBytesAreNotDialledWithoutEnd() throws Exception {
    ProxyNetwork network = new ProxyNetwork(ChaosCluster.SIZE);
    try (ChaosCluster cluster = new ChaosCluster("short-lived", "real", network);
        PacedWrites writes = new PacedWrites(network.addresses())) {
      int leader = cluster.awaitLeader();
      int follower = cluster.followerBut(-1);
      long term = cluster.term(leader);
      long begin = System.nanoTime();
      long linesBefore = lines(cluster, leader);
      network.dieAfter(leader, follower, FEW_BYTES);
      BadTimes.pass(Duration.ofSeconds(10)); // pauses have grown by now

      int before = network.dialled(leader, follower) + network.dialled(follower, leader);
      long since = System.nanoTime();
      long cpu = cpuMillis(cluster, leader);
      BadTimes.pass();
      double seconds = (System.nanoTime() - since) / 1e9;
      int attempts = network.dialled(leader, follower) + network.dialled(follower, leader) - before;
      long lines = lines(cluster, leader) - linesBefore;
      double used = (cpuMillis(cluster, leader) - cpu) / 1e3 / seconds;
      network.heal();
      Duration back = cluster.awaitFollowing(follower, ChaosCluster.PATIENCE);

      System.out.printf(
          "connections that die young: %.1f attempts/s, leader %.2f CPU, %d log lines, followed"
              + " again after %d ms%n",
          attempts / seconds, used, lines, back.toMillis());
      assertThat(attempts / seconds).as("attempts a second").isLessThan(MAX_ATTEMPTS_A_SECOND);
      assertThat(attempts).as("attempts").isPositive();
      assertThat(lines).as("lines of the leader's log").isLessThan(60);
      assertThat(cluster.term(leader)).as("term").isEqualTo(term);
      assertThat(writes.failedSince(begin)).as("writes that failed").isZero();
      assertThat(back).as("until it followed").isLessThan(SOON);
    }
  }

  @Test
  void aFrameThatIsDamagedAgainAndAgainDoesNotLoop() throws Exception {
    ProxyNetwork network = new ProxyNetwork(ChaosCluster.SIZE);
    try (ChaosCluster cluster = new ChaosCluster("damaged-frames", "real", network);
        PacedWrites writes = new PacedWrites(network.addresses())) {
      int leader = cluster.awaitLeader();
      int follower = cluster.followerBut(-1);
      long term = cluster.term(leader);
      long begin = System.nanoTime();
      cluster.ask(follower, "damage");
      BadTimes.pass(Duration.ofSeconds(10));

      Report before = cluster.ask(follower, "status");
      int dialled = network.dialled(leader, follower);
      long since = System.nanoTime();
      BadTimes.pass();
      double seconds = (System.nanoTime() - since) / 1e9;
      Report after = cluster.ask(follower, "status");
      double damaged = (after.number("damaged") - before.number("damaged")) / seconds;
      double attempts = (network.dialled(leader, follower) - dialled) / seconds;
      cluster.ask(follower, "mend");
      long mended = System.nanoTime();
      await()
          .atMost(ChaosCluster.PATIENCE)
          .until(() -> cluster.ask(follower, "status").number("applied") > after.number("applied"));
      Duration back =
          Duration.ofNanos(System.nanoTime() - mended)
              .plus(cluster.awaitFollowing(follower, ChaosCluster.PATIENCE));

      System.out.printf(
          "damaged frames: %.1f/s, %.1f attempts/s, followed again after %d ms%n",
          damaged, attempts, back.toMillis());
      assertThat(damaged).as("damaged frames a second").isBetween(0.1, 4.0);
      assertThat(attempts).as("attempts a second").isLessThan(4);
      assertThat(cluster.term(leader)).as("term").isEqualTo(term);
      assertThat(writes.failedSince(begin)).as("writes that failed").isZero();
      assertThat(back).as("until it followed").isLessThan(SOON);
    }
  }

  private static long lines(ChaosCluster cluster, int node) throws IOException {
    try (var lines = Files.lines(cluster.nodes.log(node))) {
      return lines.count();
    }
  }

  private static long cpuMillis(ChaosCluster cluster, int node) {
    return ProcessHandle.of(cluster.nodes.process(node).pid())
        .flatMap(process -> process.info().totalCpuDuration())
        .orElse(Duration.ZERO)
        .toMillis();
  }
}
