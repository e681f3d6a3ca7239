package io.bowline.raft.examples.counter;

import io.bowline.raft.testkit.FaultSchedule;
import io.bowline.raft.testkit.jqwik.FaultArbitraries;
import io.bowline.raft.testkit.jqwik.RaftArbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Provide;

/** Counters whose clients do not live to hear the answer, alone and with their leader. */
class ClientFaultProperties {
  private final FaultArbitraries faults =
      RaftArbitraries.faults(CounterRun.NODES, CounterRun.CLIENTS);

  /** With what ships, unless a test puts something wrong in its place. */
  CounterRun run = new CounterRun(Counters::new);

  @FaultProperty
  void anIncrementOfADeadClientCountsOnceOrNever(
      @ForAll("clientCrashes") FaultSchedule faults, @ForAll("seeds") long seed) {
    run.check(seed, faults, CounterChecks::noneIsDoubled);
  }

  @FaultProperty
  void nothingIsLostWhenClientsAndNodesComeAndGo(
      @ForAll("restarts") FaultSchedule faults, @ForAll("seeds") long seed) {
    run.check(seed, faults, CounterChecks::noneIsLost);
  }

  @Provide
  Arbitrary<FaultSchedule> clientCrashes() {
    return RaftArbitraries.schedules(
        faults.clientCrashes(), faults.clientPauses(), faults.crashes());
  }

  @Provide
  Arbitrary<FaultSchedule> restarts() {
    return RaftArbitraries.schedules(
        faults.clientCrashes(), faults.stops(), faults.rollingRestarts());
  }

  @Provide
  Arbitrary<Long> seeds() {
    return RaftArbitraries.seeds();
  }
}
