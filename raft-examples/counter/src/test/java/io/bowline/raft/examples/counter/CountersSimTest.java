package io.bowline.raft.examples.counter;

import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.testkit.ServiceUnderTest;
import io.bowline.raft.testkit.junit.SimCluster;
import io.bowline.raft.testkit.junit.SimTest;
import java.util.List;

/** What ships, on simulated machines: crashes, cuts of power and network, failing disks. */
class CountersSimTest {
  @SimTest(seeds = 10)
  void eachAnswerIsTheSumOfAllThatWasAddedBefore(SimCluster cluster) {
    cluster.run(
        ServiceUnderTest.of(Counters::new, Counters.COMMANDS, Counters.COUNTS)
            .asking(random -> new Command("visits", random.nextInt(1, 10)))
            .querying(random -> new Command("visits", 0))
            .explainedBy(
                0L,
                (sum, add) -> sum + add.number(),
                (sum, asked) -> List.of(new Count("visits", sum))));
  }
}
