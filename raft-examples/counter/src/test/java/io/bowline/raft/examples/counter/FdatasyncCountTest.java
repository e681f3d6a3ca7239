package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The kernel's own count: nothing of ours stands between it and the disk. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class FdatasyncCountTest {
  private static final int CALLS = 200;

  @Test
  void eachCallAtOneOutstandingCostsAtLeastTwoFdatasyncs() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "needs strace");
    try (ChaosCluster cluster = new ChaosCluster("strace", "real");
        Increments load =
            new Increments(
                cluster.nodes.addresses(), Duration.ofSeconds(20), new CounterHistory())) {
      List<Process> tracers = new ArrayList<>();
      List<Path> counts = new ArrayList<>();
      for (int node = 0; node < cluster.nodes.size(); node++) {
        Path count = cluster.nodes.log(node).resolveSibling("strace." + node);
        counts.add(count);
        tracers.add(attach(cluster.nodes.process(node).pid(), count));
      }

      load.start(1);
      while (load.acks.count() < CALLS) {
        LockSupport.parkNanos(1_000_000);
      }
      load.stop();
      int calls = load.acks.count();
      for (Process tracer : tracers) {
        detach(tracer);
      }

      long syncs = 0;
      for (Path count : counts) {
        syncs += fdatasyncs(count);
      }
      System.out.println(calls + " calls at 1 outstanding, " + syncs + " fdatasyncs on all nodes");
      assertThat(syncs).isGreaterThanOrEqualTo(2L * calls);
    }
  }

  private static Process attach(long pid, Path count) throws IOException {
    Process tracer =
        new ProcessBuilder(
                "strace",
                "-f",
                "-c",
                "-e",
                "trace=fdatasync",
                "-o",
                count.toString(),
                "-p",
                Long.toString(pid))
            .redirectErrorStream(true)
            .start();
    String attached = tracer.inputReader().readLine(); // "strace: Process N attached ..."
    assumeTrue(attached != null && attached.contains("attached"), "may not trace: " + attached);
    return tracer;
  }

  /** SIGINT makes it write its table. */
  private static void detach(Process tracer) throws Exception {
    new ProcessBuilder("kill", "-INT", Long.toString(tracer.pid())).start().waitFor();
    assertThat(tracer.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  /** The calls column of fdatasync's line. */
  private static long fdatasyncs(Path count) throws IOException {
    for (String line : Files.readAllLines(count)) {
      List<String> columns = List.of(line.trim().split(" +", -1));
      if (columns.get(columns.size() - 1).equals("fdatasync")) {
        return Long.parseLong(columns.get(3));
      }
    }
    return 0;
  }
}
