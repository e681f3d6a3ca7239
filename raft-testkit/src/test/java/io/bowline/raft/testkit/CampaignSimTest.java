package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Shipped nodes, log and clients, a fixed range of seeds: what is checked at each event stands in
 * docs/testing/README.md.
 */
class CampaignSimTest {
  private final Seeds seeds = new Seeds(CampaignSimTest.class);
  private final Map<String, Long> struck = new TreeMap<>();
  private long committed;
  private long refused;
  private long unknown;
  private long terms;
  private long deathsInCall;

  private synchronized void count(SimulatedRun run) {
    run.nemesis().struck().forEach((fault, times) -> struck.merge(fault, times, Long::sum));
    committed += run.cluster().history().count(History.State.COMMITTED);
    refused += run.cluster().history().count(History.State.REFUSED);
    unknown += run.cluster().history().count(History.State.UNKNOWN);
    terms += run.cluster().wire().termsWithLeader();
    deathsInCall += run.cluster().deathsInCall();
  }

  @Test
  void threeNodesKeepTheirPromises() {
    seeds.run(0x1000, 60, 3, this::count);

    assumeThat(System.getProperty("seed")).as("one seed covers little").isNull();
    assumeThat(System.getProperty("seeds")).as("few seeds cover little").isNull();
    assertThat(struck.keySet())
        .contains(
            "Bridge",
            "Crash",
            "CrashInCall",
            "DiskStall",
            "Partition",
            "Pause",
            "PowerCut",
            "PowerCutOfAll",
            "SlowPath");
    assertThat(committed).isGreaterThan(5_000);
    assertThat(refused).isGreaterThan(30);
    assertThat(unknown).isGreaterThan(30);
    assertThat(terms).isGreaterThan(100);
    assertThat(deathsInCall).isGreaterThan(10);
  }

  @Test
  void oneAndFiveNodesKeepThemToo() {
    seeds.run(0x2000, 10, 1, this::count);
    seeds.run(0x3000, 8, 5, this::count);

    assertThat(committed).isPositive();
  }

  @Test
  void theSameSeedGivesTheSameTraceWhateverRanBefore() {
    List<Long> hashes = new ArrayList<>();
    for (long seed : new long[] {0x51, 0x52, 0x51}) {
      SimulatedRun run = new SimulatedRun(RunPlan.of(seed), RunObserver.NONE);
      run.play();
      hashes.add(run.simulation().trace().hash());
    }

    assertThat(hashes.get(2)).isEqualTo(hashes.get(0)).isNotEqualTo(hashes.get(1));
  }

  @Test
  void theWrittenTraceIsTheSameByteForByteAndChangesNothing() {
    StringBuilder first = new StringBuilder();
    StringBuilder second = new StringBuilder();
    SimulatedRun silent = new SimulatedRun(RunPlan.of(0x53), RunObserver.NONE);
    silent.play();
    for (StringBuilder text : List.of(first, second)) {
      SimulatedRun run = new SimulatedRun(RunPlan.of(0x53), RunObserver.NONE, text);
      run.play();
      assertThat(run.simulation().trace().hash()).isEqualTo(silent.simulation().trace().hash());
    }

    assertThat(first.length()).isGreaterThan(10_000);
    assertThat(first.compareTo(second)).isZero();
  }
}
