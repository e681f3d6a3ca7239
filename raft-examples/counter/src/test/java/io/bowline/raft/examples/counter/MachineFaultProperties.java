package io.bowline.raft.examples.counter;

import io.bowline.raft.testkit.FaultSchedule;
import io.bowline.raft.testkit.jqwik.FaultArbitraries;
import io.bowline.raft.testkit.jqwik.RaftArbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Provide;

/** Counters whose machines fail: processes, power, disks and clocks. */
class MachineFaultProperties {
  private final FaultArbitraries faults =
      RaftArbitraries.faults(CounterRun.NODES, CounterRun.CLIENTS);

  /** With what ships, unless a test puts something wrong in its place. */
  CounterRun run = new CounterRun(Counters::new);

  @FaultProperty
  void acknowledgedIncrementsOutliveCrashes(
      @ForAll("crashes") FaultSchedule faults, @ForAll("seeds") long seed) {
    run.check(seed, faults, CounterChecks::noneIsLost);
  }

  @FaultProperty
  void acknowledgedIncrementsOutliveEveryPowerCut(
      @ForAll("powerCuts") FaultSchedule faults, @ForAll("seeds") long seed) {
    run.check(seed, faults, CounterChecks::noneIsLost);
  }

  @FaultProperty
  void replicasAgreeWhateverPartOfAWriteSurvives(
      @ForAll("powerCuts") FaultSchedule faults, @ForAll("seeds") long seed) {
    run.check(seed, faults, CounterChecks::replicasAgree);
  }

  @FaultProperty
  void noReadGoesBackWhenALeaderWakesUp(
      @ForAll("pauses") FaultSchedule faults, @ForAll("seeds") long seed) {
    run.check(seed, faults, CounterChecks::noReadGoesBack);
  }

  @FaultProperty
  void itServesAgainWhenItsDisksDo(
      @ForAll("slowDisks") FaultSchedule faults, @ForAll("seeds") long seed) {
    run.check(seed, faults, CounterChecks::itServesAgain);
  }

  @FaultProperty
  void whatADiskRefusedWasNotAcknowledged(
      @ForAll("failingDisks") FaultSchedule faults, @ForAll("seeds") long seed) {
    run.check(seed, faults, CounterChecks::noneIsLost);
  }

  @FaultProperty
  void answersCountUpWhateverTheClocksSay(
      @ForAll("clocks") FaultSchedule faults, @ForAll("seeds") long seed) {
    run.check(seed, faults, CounterChecks::answersCountUp);
  }

  @Provide
  Arbitrary<FaultSchedule> crashes() {
    return RaftArbitraries.schedules(faults.crashes(), faults.crashesInCalls(), faults.stops());
  }

  @Provide
  Arbitrary<FaultSchedule> powerCuts() {
    return RaftArbitraries.schedules(
        faults.powerCuts(), faults.powerCutsOfAll(), faults.doublePowerCuts());
  }

  @Provide
  Arbitrary<FaultSchedule> pauses() {
    return RaftArbitraries.schedules(faults.pauses());
  }

  @Provide
  Arbitrary<FaultSchedule> slowDisks() {
    return RaftArbitraries.schedules(faults.slowDisks(), faults.fullDisks());
  }

  @Provide
  Arbitrary<FaultSchedule> failingDisks() {
    return RaftArbitraries.schedules(
        faults.failedForces(), faults.failedWrites(), faults.powerCuts());
  }

  @Provide
  Arbitrary<FaultSchedule> clocks() {
    return RaftArbitraries.schedules(faults.clockRates(), faults.suspensions());
  }

  @Provide
  Arbitrary<Long> seeds() {
    return RaftArbitraries.seeds();
  }
}
