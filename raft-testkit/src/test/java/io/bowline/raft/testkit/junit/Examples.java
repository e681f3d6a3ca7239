package io.bowline.raft.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.testkit.FaultArea;
import io.bowline.raft.testkit.FaultSchedule;
import io.bowline.raft.testkit.RunReport;
import org.junit.jupiter.api.Test;

/** Tests that {@link SimTestTest} runs; some of them fail, so no build finds them by their name. */
final class Examples {
  private Examples() {}

  static class Sound {
    @SimTest(seeds = 3, firstSeed = 0x40, nodes = 3, seconds = 3)
    void moneyIsKept(SimCluster cluster) {
      cluster.run(Bank.service(Bank::new));
    }
  }

  static class Broken {
    @SimTest(seeds = 5, firstSeed = 0x40, nodes = 3, seconds = 3, shrinking = 25)
    void moneyIsKept(SimCluster cluster) {
      cluster.run(Bank.service(Bank.Generous::new));
    }
  }

  static class BrokenInItself {
    @SimTest(seeds = 2, nodes = 1, seconds = 1)
    void nobodyAsks(SimCluster cluster) {
      assertThat(cluster.run(Bank.service(Bank::new)).operations()).as("asked").isZero();
    }
  }

  static class Idle {
    @SimTest
    void nothingIsRun(SimCluster cluster) {
      assertThat(cluster.plan().nodes()).isZero();
    }
  }

  static class Throwing {
    @SimTest(nodes = 1, clients = 1, seconds = 1)
    void theWorkloadThrows(SimCluster cluster) {
      cluster.run(
          Bank.service(Bank::new)
              .asking(
                  random -> {
                    throw new IllegalStateException("no idea what to ask");
                  }));
    }
  }

  static class Pinned {
    private static final String SCHEDULE =
        """
        0.5s for 0.3s Crash node=n2
        1s for 0.2s Isolate node=n1
        """;

    @SimTest(
        seeds = 1,
        nodes = 3,
        clients = 2,
        operations = 10,
        seconds = 2,
        faults = {FaultArea.NODE, FaultArea.NETWORK},
        schedule = SCHEDULE)
    void onlyTheseFaultsStrike(SimCluster cluster) {
      RunReport report = cluster.run(Bank.service(Bank::new));
      assertThat(report.schedule()).isEqualTo(FaultSchedule.parse(SCHEDULE));
      assertThat(report.operations()).isEqualTo(10);
      assertThat(report.clients()).isEqualTo(2);
    }
  }

  static class Fresh {
    @SimTest(
        seeds = 2,
        fresh = true,
        nodes = 1,
        seconds = 1,
        faults = {})
    void eachTimeAnother(SimCluster cluster) {
      assertThat(cluster.run(Bank.service(Bank::new)).schedule()).isEqualTo(FaultSchedule.none());
    }

    @Test
    void anOrdinaryTestBesideItIsLeftAlone() {
      assertThat(getClass()).isEqualTo(Fresh.class);
    }
  }
}
