package io.bowline.raft.examples.counter;

import io.bowline.raft.StateMachine;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.testkit.FaultSchedule;
import io.bowline.raft.testkit.RunEnd;
import io.bowline.raft.testkit.RunObserver;
import io.bowline.raft.testkit.RunPlan;
import io.bowline.raft.testkit.ServiceUnderTest;
import io.bowline.raft.testkit.SimulatedRun;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Three nodes with the counters that ship, two clients, and these faults. Half of what is asked
 * adds one to {@code visits}, where all meet; the other half has a ticket of its own, so that one
 * sees of each whether it counted.
 */
final class CounterRun {
  static final int NODES = 3;
  static final int CLIENTS = 2;

  private final Supplier<StateMachine<Command, List<Count>>> machine;

  /** With those counters: what ships, or something that should be seen to be wrong. */
  CounterRun(Supplier<StateMachine<Command, List<Count>>> machine) {
    this.machine = machine;
  }

  /** Fails if that does not hold at the end, or if a check of the testkit sees anything. */
  void check(long seed, FaultSchedule faults, Consumer<RunEnd<Command, List<Count>>> atEnd) {
    RunPlan plan =
        RunPlan.of(seed)
            .withNodes(NODES)
            .withClients(CLIENTS)
            .withLength(Duration.ofSeconds(12))
            .withSchedule(faults);
    ServiceUnderTest<Command, List<Count>, StateMachine<Command, List<Count>>> service =
        ServiceUnderTest.of(machine, Counters.COMMANDS, Counters.COUNTS)
            .asking((random, serial) -> increment(serial))
            .querying(random -> new Command("visits", 0))
            .endingWith(atEnd);
    var unused = new SimulatedRun(plan, RunObserver.NONE, service).run().requirePassed();
  }

  private static Command increment(long serial) {
    return new Command(serial % 2 == 0 ? "visits" : "ticket " + serial, 1);
  }
}
