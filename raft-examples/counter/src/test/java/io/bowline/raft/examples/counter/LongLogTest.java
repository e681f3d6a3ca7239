package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.examples.lab.LocalCluster;
import io.bowline.raft.examples.lab.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Groups whose log is longer than their heap, and has more segments than a process may open. */
@Tag("long")
@Timeout(400)
class LongLogTest {
  private static final String FULL_LOAD = "callers=256 bytes=1024";
  private static final long COMMANDS = 100_000; // of 1 KiB
  private static final int DESCRIPTORS = 256;

  @Test
  void aStartServesWhenItHasAppliedAndEndsCallsInTimeBefore() throws Exception {
    Duration timeout = Duration.ofSeconds(3);
    try (TrialCluster cluster =
        new TrialCluster("long-log", "-Xmx96m").with("timeout=" + timeout.toMillis())) {
      long committed = fill(cluster, cluster.startAll());
      for (int node = 0; node < TrialCluster.SIZE; node++) {
        cluster.awaitApplied(node, committed);
      }
      cluster.nodes.close();

      cluster.with("timeout=" + timeout.toMillis(), "apply=200000"); // ns each: 20 s in all
      long started = System.nanoTime();
      int leader = cluster.startAll();
      long elected = millisSince(started);
      long refused = 0;
      long unknown = 0;
      long longest = 0;
      long firstRead = 0;
      long firstWrite = 0;
      while (firstRead == 0 || firstWrite == 0) {
        Report write = cluster.ask(leader, "propose=1");
        Report read = cluster.ask(leader, "read=1");
        assertThat(write.text("role")).isEqualTo("LEADER");
        unknown += write.text("outcome").startsWith("Unknown") ? 1 : 0;
        longest = Math.max(longest, Math.max(write.number("took"), read.number("took")));
        if (isDone(read) && firstRead == 0) {
          firstRead = millisSince(started);
          assertThat(read.number("value")).as("a read in time is whole").isEqualTo(committed);
        }
        if (isDone(write) && firstWrite == 0) {
          firstWrite = millisSince(started);
        }
        refused += write.text("outcome").startsWith("NotCommitted") ? 1 : 0;
      }
      await().atMost(TrialCluster.PATIENCE).until(() -> servesAll(cluster));
      System.out.printf(
          "start with %d commands: leads after %d ms, serves after %d, first read %d, first write"
              + " %d; %d writes refused, %d unknown, the longest call took %d ms%n",
          committed,
          elected,
          cluster.report(leader).number("servingMillis"),
          firstRead,
          firstWrite,
          refused,
          unknown,
          longest);

      assertThat(unknown).as("the few that may always wait").isLessThanOrEqualTo(8);
      assertThat(longest).isLessThan(timeout.plusSeconds(1).toMillis());
      for (int node = 0; node < TrialCluster.SIZE; node++) {
        Report report = cluster.report(node);
        assertThat(report.number("appliedWhenServing"))
            .as("applied when it first said that it serves")
            .isGreaterThanOrEqualTo(committed);
        assertThat(cluster.held(node)).as("bytes held").isLessThan(60 << 20);
        assertThat(report.text("halted")).isEmpty();
      }
    }
  }

  @Test
  void fewDescriptorsAreEnoughForManySegments() throws Exception {
    assumeThat(Files.isDirectory(Path.of("/proc/self/fd"))).isTrue();
    try (TrialCluster cluster =
        new TrialCluster("few-descriptors", "-Xmx128m")
            .with("segment=65536")
            .withDescriptors(DESCRIPTORS)) {
      int leader = cluster.startAll();
      int away = (leader + 1) % TrialCluster.SIZE;
      long atFirst = openFiles(cluster, leader);
      cluster.nodes.process(away).kill();
      long committed = fill(cluster, leader);
      long segments = segments(cluster, leader);
      long atLast = openFiles(cluster, leader);
      cluster.nodes.start(away);
      cluster.awaitApplied(away, committed);
      long caughtUp = openFiles(cluster, away);
      cluster.nodes.close();
      int again = cluster.startAll();
      for (int node = 0; node < TrialCluster.SIZE; node++) {
        cluster.awaitApplied(node, committed);
      }
      System.out.printf(
          "%d segments: %d files open at first, %d at last, %d at who caught up, %d after a start%n",
          segments, atFirst, atLast, caughtUp, openFiles(cluster, again));

      assertThat(segments).isGreaterThan(3 * DESCRIPTORS);
      assertThat(atLast).isLessThan(atFirst + 60);
      assertThat(openFiles(cluster, again)).isLessThan(atFirst + 60);
      await().atMost(TrialCluster.PATIENCE).until(() -> isTaken(cluster));
    }
  }

  /** Lets whoever leads make load until there are enough commands; how many there are. */
  private static long fill(TrialCluster cluster, int first) {
    int loaded = first;
    cluster.ask(loaded, FULL_LOAD);
    while (cluster.report(loaded).number("applied") < COMMANDS) {
      TrialCluster.rest(Duration.ofMillis(200));
      if (!cluster.report(loaded).leads()) {
        cluster.ask(loaded, "rest=1");
        loaded = cluster.nodes.awaitLeader(TrialCluster.PATIENCE);
        cluster.ask(loaded, FULL_LOAD);
      }
    }
    int last = loaded;
    cluster.ask(last, "rest=1");
    await().atMost(TrialCluster.PATIENCE).until(() -> cluster.report(last).number("pending") == 0);
    return cluster.report(last).number("applied");
  }

  private static boolean isTaken(TrialCluster cluster) {
    return isDone(cluster.ask(cluster.nodes.awaitLeader(TrialCluster.PATIENCE), "propose=1"));
  }

  private static boolean isDone(Report call) {
    return call.text("outcome").startsWith("Committed");
  }

  private static boolean servesAll(TrialCluster cluster) {
    for (int node = 0; node < TrialCluster.SIZE; node++) {
      if (!cluster.report(node).text("serves").equals("true")) {
        return false;
      }
    }
    return true;
  }

  private static long millisSince(long started) {
    return (System.nanoTime() - started) / 1_000_000;
  }

  private static long openFiles(TrialCluster cluster, int node) throws IOException {
    Path open = Path.of("/proc", Long.toString(cluster.nodes.process(node).pid()), "fd");
    try (Stream<Path> all = Files.list(open)) {
      return all.count();
    }
  }

  private static long segments(TrialCluster cluster, int node) throws IOException {
    LocalCluster nodes = cluster.nodes;
    try (Stream<Path> all = Files.walk(nodes.data(node))) {
      return all.filter(file -> file.toString().endsWith(".log")).count();
    }
  }
}
