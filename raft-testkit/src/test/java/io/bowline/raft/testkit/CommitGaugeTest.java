package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * {@code bowline.commit.index} tells what is known to be committed as soon as it is, also while the
 * node's own disk stands still; {@code bowline.apply.index} waits for the disk.
 */
class CommitGaugeTest {
  @Test
  void theCommitIndexIsToldAheadOfTheOwnDisk() {
    Simulation simulation = new Simulation(7);
    long[] committed = new long[3];
    long[] applied = new long[3];
    simulation.observe(
        new RunObserver() {
          @Override
          public void commit(long atNanos, int slot, long index) {
            committed[slot] = index;
          }

          @Override
          public void applied(long atNanos, int slot, long index) {
            applied[slot] = index;
          }
        });
    Cluster cluster = new Cluster(simulation, ClusterSettings.calm(3, 4), new Ledger());
    cluster.start();
    simulation.run(Duration.ofSeconds(10));
    int leader = cluster.leaderSlot();
    int stalled = (leader + 1) % 3;
    TermRuns onDisk = cluster.protocol().node(stalled).durable().log();
    long before = committed[stalled];

    cluster.stall(stalled, 5_000_000_000L);
    simulation.run(Duration.ofSeconds(2));

    assertThat(committed[leader]).isGreaterThan(before + 20);
    assertThat(committed[stalled]).isGreaterThan(onDisk.last());
    assertThat(committed[leader] - committed[stalled]).isLessThan(20);
    assertThat(applied[stalled]).isLessThanOrEqualTo(onDisk.last());
  }
}
