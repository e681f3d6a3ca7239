package io.bowline.raft.examples.counter;

import io.bowline.raft.testkit.FaultSchedule;
import io.bowline.raft.testkit.jqwik.FaultArbitraries;
import io.bowline.raft.testkit.jqwik.RaftArbitraries;
import java.time.Duration;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import net.jqwik.api.statistics.StatisticsReport.StatisticsReportMode;

/** Counters between which the network fails. */
class NetworkFaultProperties {
  private final FaultArbitraries faults =
      RaftArbitraries.faults(CounterRun.NODES, CounterRun.CLIENTS);

  /** With what ships, unless a test puts something wrong in its place. */
  CounterRun run = new CounterRun(Counters::new);

  @FaultProperty
  void noAcknowledgedIncrementIsLostInAPartition(
      @ForAll("partitions") FaultSchedule faults, @ForAll("seeds") long seed) {
    run.check(seed, faults, CounterChecks::noneIsLost);
  }

  @FaultProperty
  @StatisticsReport(StatisticsReportMode.OFF)
  void aNodeCutOffAcknowledgesNothing(
      @ForAll("isolations") FaultSchedule faults, @ForAll("seeds") long seed) {
    run.check(
        seed,
        faults,
        end -> {
          CounterChecks.nothingIsAcknowledgedWhereItIsCutOff(end);
          Statistics.collect(CounterChecks.someoneAsksWhereItIsCutOff(end));
        });
    Statistics.coverage(asked -> asked.check(true).percentage(tries -> tries >= 25));
  }

  @FaultProperty
  void replicasAgreeBehindBridgesAndFlappingPaths(
      @ForAll("bridges") FaultSchedule faults, @ForAll("seeds") long seed) {
    run.check(seed, faults, CounterChecks::replicasAgree);
  }

  @FaultProperty
  @StatisticsReport(StatisticsReportMode.OFF)
  void aRefusedIncrementNeverCountsWhateverIsLost(
      @ForAll("losses") FaultSchedule faults, @ForAll("seeds") long seed) {
    run.check(
        seed,
        faults,
        end -> {
          CounterChecks.noRefusedOneCounts(end);
          Statistics.collect(!end.refused().isEmpty());
        });
    Statistics.coverage(refused -> refused.check(true).percentage(tries -> tries >= 25));
  }

  @FaultProperty
  void noIncrementCountsTwiceHoweverOftenItComes(
      @ForAll("repetitions") FaultSchedule faults, @ForAll("seeds") long seed) {
    run.check(seed, faults, CounterChecks::noneIsDoubled);
  }

  @FaultProperty
  void noReadGoesBackWhereMessagesAreLate(
      @ForAll("delays") FaultSchedule faults, @ForAll("seeds") long seed) {
    run.check(seed, faults, CounterChecks::noReadGoesBack);
  }

  @Provide
  Arbitrary<FaultSchedule> partitions() {
    return RaftArbitraries.schedules(faults.partitions());
  }

  @Provide
  Arbitrary<FaultSchedule> isolations() {
    return RaftArbitraries.schedules(faults.isolations())
        .atLeast(2)
        .lasting(Duration.ofSeconds(2), Duration.ofSeconds(5));
  }

  @Provide
  Arbitrary<FaultSchedule> bridges() {
    return RaftArbitraries.schedules(faults.bridges(), faults.flappings());
  }

  @Provide
  Arbitrary<FaultSchedule> losses() {
    return RaftArbitraries.schedules(
        faults.messageLoss(), faults.halfOpenConnections(), faults.resets(), faults.corruption());
  }

  @Provide
  Arbitrary<FaultSchedule> repetitions() {
    return RaftArbitraries.schedules(
        faults.duplicates(), faults.staleMessages(), faults.resets(), faults.isolations());
  }

  @Provide
  Arbitrary<FaultSchedule> delays() {
    return RaftArbitraries.schedules(
        faults.slowPaths(), faults.heldMessages(), faults.refusedConnections());
  }

  @Provide
  Arbitrary<Long> seeds() {
    return RaftArbitraries.seeds();
  }
}
