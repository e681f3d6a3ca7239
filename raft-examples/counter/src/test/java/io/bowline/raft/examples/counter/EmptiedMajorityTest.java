package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.examples.lab.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two of three come back with empty directories, as after a reboot of a rack whose volumes are not
 * there: nobody founds a second group, nobody forgets what was acknowledged, and all say why.
 */
@Tag("long")
@Timeout(200)
class EmptiedMajorityTest {
  private static final long COMMANDS = 1_000;
  private static final Duration APART = Duration.ofSeconds(6);
  private static final List<Integer> EMPTIED = List.of(1, 2);

  @Test
  void whoIsEmptyFoundsNoSecondGroupAndWhoHoldsTheDataKeepsIt() throws Exception {
    try (TrialCluster cluster = new TrialCluster("emptied-majority").with("timeout=1000")) {
      long written = writeAndStop(cluster);
      for (int node : EMPTIED) {
        putAside(cluster.nodes.data(node));
        cluster.nodes.start(node);
      }
      TrialCluster.rest(APART);
      for (int node : EMPTIED) {
        assertServesNothing(cluster.ask(node, "propose=1"));
      }
      cluster.nodes.start(0);
      for (int node : EMPTIED) {
        await()
            .alias("n1 does not know this directory, and that is said")
            .atMost(TrialCluster.PATIENCE)
            .until(() -> Files.readString(cluster.nodes.log(node)).contains("stays out"));
      }
      TrialCluster.rest(APART);
      System.out.println(Files.readString(cluster.nodes.log(0)));

      for (int node = 0; node < TrialCluster.SIZE; node++) {
        Report report = cluster.ask(node, "propose=1");
        assertServesNothing(report);
        assertServesNothing(cluster.ask(node, "read=1"));
      }
      assertThat(cluster.report(0).text("halted")).isEmpty();
      for (int node : EMPTIED) { // the volumes are found
        cluster.nodes.process(node).close();
        putBack(cluster.nodes.data(node));
        cluster.nodes.start(node);
      }
      for (int node = 0; node < TrialCluster.SIZE; node++) {
        cluster.awaitApplied(node, written);
      }
      int leader = cluster.nodes.awaitLeader(TrialCluster.PATIENCE);
      await()
          .atMost(TrialCluster.PATIENCE)
          .until(() -> cluster.ask(leader, "read=1").number("value") == written);
    }
  }

  @Test
  void whoResumesDoesNotEvenStartOnAnEmptyDirectory() throws Exception {
    try (TrialCluster cluster = new TrialCluster("resumed-majority")) {
      long written = writeAndStop(cluster);
      cluster.with("resume=true");
      for (int node : EMPTIED) {
        putAside(cluster.nodes.data(node));
        cluster.nodes.start(node);
        assertThat(cluster.nodes.process(node).awaitExit(30)).isTrue();
        assertThat(Files.readString(cluster.nodes.log(node)))
            .contains(cluster.nodes.data(node).toString());
        assertThat(cluster.nodes.data(node)).doesNotExist();
        putBack(cluster.nodes.data(node));
      }
      int leader = cluster.startAll();
      await()
          .atMost(TrialCluster.PATIENCE)
          .until(() -> cluster.ask(leader, "read=1").number("value") == written);
    }
  }

  private static long writeAndStop(TrialCluster cluster) throws IOException {
    int leader = cluster.startAll();
    cluster.ask(leader, "callers=16 bytes=64");
    await()
        .atMost(TrialCluster.PATIENCE)
        .until(() -> cluster.report(leader).number("committed") >= COMMANDS);
    cluster.ask(leader, "rest=1");
    await()
        .atMost(TrialCluster.PATIENCE)
        .until(() -> cluster.report(leader).number("pending") == 0);
    long written = cluster.report(leader).number("applied");
    for (int node = 0; node < TrialCluster.SIZE; node++) {
      cluster.awaitApplied(node, written);
    }
    cluster.nodes.close();
    return written;
  }

  private static void assertServesNothing(Report report) {
    assertThat(report.text("serves")).isEqualTo("false");
    assertThat(report.text("outcome")).startsWith("NotCommitted");
    assertThat(report.text("role")).isNotEqualTo("LEADER");
  }

  private static void putAside(Path data) throws IOException {
    Files.move(data, data.resolveSibling(data.getFileName() + ".aside"));
  }

  private static void putBack(Path data) throws IOException {
    if (Files.exists(data)) {
      Files.move(data, data.resolveSibling(data.getFileName() + ".empty"));
    }
    Files.move(data.resolveSibling(data.getFileName() + ".aside"), data);
  }
}
