package io.bowline.raft.founding;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.founding.FoundingExploration.Without;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Nothing that can happen in a founding makes two of it (IDENTITY, "Why it holds"); and what the
 * exploration says of rules that lack a part.
 */
class FoundingExplorationTest {
  private static FoundingExploration explored(
      int size, int wipes, int restarts, Without without, boolean stopsAtLoss) {
    FoundingExploration exploration =
        new FoundingExploration(size, wipes, restarts, without, stopsAtLoss);
    exploration.run();
    System.out.printf(
        "founding of %d, %d wipes, %d restarts, without %s: %d states, %d ends%n",
        size, wipes, restarts, without, exploration.states, exploration.ends);
    exploration.violation.forEach(step -> System.out.println("  " + step));
    return exploration;
  }

  @ParameterizedTest
  @CsvSource({"1, 2, 1", "2, 2, 1", "3, 0, 1", "3, 2, 0"})
  void oneFoundingAtMostAndAnEnd(int size, int wipes, int restarts) {
    FoundingExploration exploration = explored(size, wipes, restarts, Without.NOTHING, false);

    assertThat(exploration.violation).isEmpty();
    assertThat(exploration.ends).isPositive();
  }

  @Tag("long")
  @ParameterizedTest
  @CsvSource({"3, 2, 1", "3, 3, 0"})
  void oneFoundingAtMostAndAnEndOfMore(int size, int wipes, int restarts) {
    assertThat(explored(size, wipes, restarts, Without.NOTHING, false).violation).isEmpty();
  }

  @Test
  void withoutTheBarrierOneWipeMakesTwoFoundings() {
    List<String> violation = explored(3, 1, 0, Without.BARRIER, false).violation;

    assertThat(violation).contains("n1 is wiped").last().asString().contains("of two foundings");
  }

  @Test
  void ifOldAnswersCountOneWipeMakesTwoFoundings() {
    List<String> violation = explored(3, 1, 0, Without.NEWEST_ANSWERS, false).violation;

    assertThat(violation).contains("n2 is wiped").last().asString().contains("of two foundings");
  }

  /** n3 still holds n2's old "fresh", and n1' tells it the same. */
  @Test
  void theFirstFormOfTheRulesLosesAcknowledgedEntriesByOneWipe() {
    List<String> violation = explored(3, 1, 0, Without.ALL_THREE, true).violation;

    assertThat(violation).contains("n1 is wiped").last().asString().contains("not all wiped");
  }

  @Tag("long")
  @Test
  void withTheBarrierNothingIsLostEvenIfOldAnswersCountAndEverybodyMakesRecords() {
    assertThat(explored(3, 1, 0, Without.ALL_BUT_BARRIER, true).violation).isEmpty();
  }
}
