package io.bowline.raft.examples.counter;

import io.bowline.raft.StateMachine;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.testkit.FaultSchedule;
import io.bowline.raft.testkit.RunObserver;
import io.bowline.raft.testkit.RunPlan;
import io.bowline.raft.testkit.ServiceUnderTest;
import io.bowline.raft.testkit.SimulatedRun;
import io.bowline.raft.testkit.jqwik.RaftArbitraries;
import io.bowline.raft.testkit.jqwik.RaftDomain;
import java.util.List;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

/** Any faults, and any increments in any order: a failure ends with the fewest of both. */
@Domain(RaftDomain.class)
@Domain(DomainContext.Global.class)
class CountersProperties {
  @Property(tries = 8, seed = "11", edgeCases = EdgeCasesMode.NONE)
  void eachAnswerIsTheSumOfAllThatWasAddedBefore(
      @ForAll FaultSchedule faults,
      @ForAll("increments") List<Command> increments,
      @ForAll("seeds") long seed) {
    check(Counters::new, faults, increments, seed);
  }

  static void check(
      Supplier<StateMachine<Command, List<Count>>> machine,
      FaultSchedule faults,
      List<Command> increments,
      long seed) {
    RunPlan plan =
        RunPlan.of(seed)
            .withNodes(3)
            .withClients(2)
            .withMaxOperations(increments.size())
            .withSchedule(faults);
    ServiceUnderTest<Command, List<Count>, StateMachine<Command, List<Count>>> counters =
        ServiceUnderTest.of(machine, Counters.COMMANDS, Counters.COUNTS)
            .asking(increments)
            .explainedBy(
                0L,
                (sum, add) -> sum + add.number(),
                (sum, add) -> List.of(new Count("visits", sum)));

    new SimulatedRun(plan, RunObserver.NONE, counters).run().requirePassed();
  }

  @Provide
  Arbitrary<List<Command>> increments() {
    Arbitrary<Long> amounts = Arbitraries.longs().between(1, 9);
    return RaftArbitraries.commands(amounts.map(amount -> new Command("visits", amount)));
  }

  @Provide
  Arbitrary<Long> seeds() {
    return RaftArbitraries.seeds();
  }
}
