package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.examples.counter.BrokenCounters.Bug;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.testkit.ClientCall;
import io.bowline.raft.testkit.ClientCall.Ending;
import io.bowline.raft.testkit.FaultSchedule;
import io.bowline.raft.testkit.Replica;
import io.bowline.raft.testkit.Request;
import io.bowline.raft.testkit.RunEnd;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Each property sees what it is there for: first in counters that are wrong. */
class PropertiesSeeTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long SEED = 1;

  /** Some of what the properties draw. */
  private static final FaultSchedule FAULTS =
      FaultSchedule.parse(
          """
          2s for 1s Isolate node=n1
          4s for 1s PowerCut node=n2 survival=0.5
          6s for 1s ClientCrash client=0
          """);

  private static void assertSeen(Bug bug, BiConsumer<CounterRun, FaultSchedule> property) {
    assertThatThrownBy(() -> property.accept(new CounterRun(BrokenCounters.with(bug)), FAULTS))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("END broken");
  }

  @Test
  void aLostIncrementIsSeenByEachPropertyThatIsThereForIt() {
    assertSeen(
        Bug.LOSES, (run, f) -> network(run).noAcknowledgedIncrementIsLostInAPartition(f, SEED));
    assertSeen(Bug.LOSES, (run, f) -> machines(run).acknowledgedIncrementsOutliveCrashes(f, SEED));
    assertSeen(
        Bug.LOSES, (run, f) -> machines(run).acknowledgedIncrementsOutliveEveryPowerCut(f, SEED));
    assertSeen(Bug.LOSES, (run, f) -> machines(run).whatADiskRefusedWasNotAcknowledged(f, SEED));
    assertSeen(
        Bug.LOSES, (run, f) -> clients(run).nothingIsLostWhenClientsAndNodesComeAndGo(f, SEED));
  }

  @Test
  void aDoubledIncrementIsSeen() {
    assertSeen(
        Bug.DOUBLES, (run, f) -> network(run).noIncrementCountsTwiceHoweverOftenItComes(f, SEED));
    assertSeen(
        Bug.DOUBLES, (run, f) -> clients(run).anIncrementOfADeadClientCountsOnceOrNever(f, SEED));
  }

  @Test
  void aReplicaThatDiffersIsSeen() {
    assertSeen(
        Bug.DIFFERS, (run, f) -> network(run).replicasAgreeBehindBridgesAndFlappingPaths(f, SEED));
    assertSeen(
        Bug.DIFFERS, (run, f) -> machines(run).replicasAgreeWhateverPartOfAWriteSurvives(f, SEED));
  }

  @Test
  void aReadThatGoesBackIsSeen() {
    assertSeen(
        Bug.READS_A_COPY, (run, f) -> network(run).noReadGoesBackWhereMessagesAreLate(f, SEED));
    assertSeen(
        Bug.READS_A_COPY, (run, f) -> machines(run).noReadGoesBackWhenALeaderWakesUp(f, SEED));
  }

  @Test
  void anAnswerThatIsGivenTwiceIsSeen() {
    assertSeen(
        Bug.ANSWERS_TWICE, (run, f) -> machines(run).answersCountUpWhateverTheClocksSay(f, SEED));
  }

  @Test
  void aDiskThatIsFullForAnHourIsSeenNotToServeAgain() {
    FaultSchedule endless = FaultSchedule.parse("1s for 3600s DiskFull node=n1");
    CounterRun run = new CounterRun(Counters::new);

    assertThatThrownBy(() -> machines(run).itServesAgainWhenItsDisksDo(endless, SEED))
        .hasMessageContaining("acknowledged behind 3601.000 s");
  }

  @Test
  void anAnswerThatIsNotTheSumIsSeen() {
    List<Command> increments = Collections.nCopies(100, new Command("visits", 1));

    for (Bug bug : List.of(Bug.LOSES, Bug.DOUBLES, Bug.ANSWERS_TWICE)) {
      assertThatThrownBy(
              () -> CountersProperties.check(BrokenCounters.with(bug), FAULTS, increments, SEED))
          .hasMessageStartingWith("MODEL broken");
    }
  }

  private static NetworkFaultProperties network(CounterRun run) {
    NetworkFaultProperties properties = new NetworkFaultProperties();
    properties.run = run;
    return properties;
  }

  private static MachineFaultProperties machines(CounterRun run) {
    MachineFaultProperties properties = new MachineFaultProperties();
    properties.run = run;
    return properties;
  }

  private static ClientFaultProperties clients(CounterRun run) {
    ClientFaultProperties properties = new ClientFaultProperties();
    properties.run = run;
    return properties;
  }

  // What only a broken node could do: ends of runs that never were.

  private static RunEnd<Command, List<Count>> end(
      long asked, long ended, Ending ending, Counters counters) {
    Command command = new Command("ticket 1", 1);
    ClientCall<Command, List<Count>> call =
        new ClientCall<>(
            new Request<>(command, false), 0, asked, ended, ending, 1, List.of(new Count("", 1)));
    Replica<Command, List<Count>> replica = Replica.of(counters, any -> 0, any -> {});
    return new RunEnd<>(
        List.of(call), List.of(replica), FaultSchedule.parse("2s for 3s Isolate node=n1"));
  }

  @Test
  void aRefusedIncrementThatCountsIsSeen() {
    Counters counters = new Counters();
    assertThatCode(() -> CounterChecks.noRefusedOneCounts(end(1, 2, Ending.REFUSED, counters)))
        .doesNotThrowAnyException();

    counters.apply(new OneCommand(new Command("ticket 1", 1)));

    assertThatThrownBy(() -> CounterChecks.noRefusedOneCounts(end(1, 2, Ending.REFUSED, counters)))
        .hasMessageContaining("ticket 1");
  }

  @Test
  void anAcknowledgementByANodeThatIsCutOffIsSeen() {
    Counters counters = new Counters();
    RunEnd<Command, List<Count>> meanwhile =
        end(3 * SECOND, 4 * SECOND, Ending.ACKNOWLEDGED, counters);
    RunEnd<Command, List<Count>> afterwards =
        end(3 * SECOND, 6 * SECOND, Ending.ACKNOWLEDGED, counters);

    assertThatThrownBy(() -> CounterChecks.nothingIsAcknowledgedWhereItIsCutOff(meanwhile))
        .hasMessageContaining("Isolate node=n1");
    assertThatCode(() -> CounterChecks.nothingIsAcknowledgedWhereItIsCutOff(afterwards))
        .doesNotThrowAnyException();
  }

  @Test
  void countersThatNeverServeAgainAreSeen() {
    Counters counters = new Counters();
    RunEnd<Command, List<Count>> before =
        end(1 * SECOND, 2 * SECOND, Ending.ACKNOWLEDGED, counters);
    RunEnd<Command, List<Count>> behind =
        end(6 * SECOND, 7 * SECOND, Ending.ACKNOWLEDGED, counters);

    assertThatThrownBy(() -> CounterChecks.itServesAgain(before))
        .hasMessageContaining("acknowledged behind 5.000 s");
    assertThatCode(() -> CounterChecks.itServesAgain(behind)).doesNotThrowAnyException();
  }
}
