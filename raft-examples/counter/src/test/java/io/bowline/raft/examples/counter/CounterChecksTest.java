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
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Each check of the properties sees what it is there for: first in counters that are wrong. */
class CounterChecksTest {
  private static final long SECOND = 1_000_000_000L;

  /** Some of what the properties draw. */
  private static final FaultSchedule FAULTS =
      FaultSchedule.parse(
          """
          2s for 1s Isolate node=n1
          4s for 1s PowerCut node=n2 survival=0.5
          6s for 1s ClientCrash client=0
          """);

  private static void assertSeen(Bug bug, Consumer<RunEnd<Command, List<Count>>> check) {
    assertThatThrownBy(() -> CounterRun.check(BrokenCounters.with(bug), 1, FAULTS, check))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("END broken");
  }

  @Test
  void aLostIncrementIsSeen() {
    assertSeen(Bug.LOSES, CounterChecks::noneIsLost);
  }

  @Test
  void aDoubledIncrementIsSeen() {
    assertSeen(Bug.DOUBLES, CounterChecks::noneIsDoubled);
  }

  @Test
  void aReplicaThatDiffersIsSeen() {
    assertSeen(Bug.DIFFERS, CounterChecks::replicasAgree);
  }

  @Test
  void aReadThatGoesBackIsSeen() {
    assertSeen(Bug.READS_A_COPY, CounterChecks::noReadGoesBack);
  }

  @Test
  void anAnswerThatIsGivenTwiceIsSeen() {
    assertSeen(Bug.ANSWERS_TWICE, CounterChecks::answersCountUp);
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
