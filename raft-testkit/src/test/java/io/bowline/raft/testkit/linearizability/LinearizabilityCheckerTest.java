package io.bowline.raft.testkit.linearizability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small histories whose verdict anybody can see. */
class LinearizabilityCheckerTest {
  private final List<Operation<Call, String>> history = new ArrayList<>();

  private void done(long from, long to, String output, Call call) {
    history.add(Operation.completed(history.size(), call, output, from, to));
  }

  private void lost(long from, Call call) {
    history.add(Operation.unknown(history.size(), call, from));
  }

  private Verdict<Call, String> verdict(Model<?, Call, String> model) {
    return new LinearizabilityChecker<>(model).check(history);
  }

  private void assertGood(Model<?, Call, String> model) {
    assertThat(verdict(model)).isInstanceOf(Verdict.Linearizable.class);
  }

  private Verdict.Violated<Call, String> assertBad(Model<?, Call, String> model) {
    Verdict<Call, String> verdict = verdict(model);
    assertThat(verdict).isInstanceOf(Verdict.Violated.class);
    Verdict.Violated<Call, String> bad = (Verdict.Violated<Call, String>) verdict;
    Parts.assertNothingCanBeDropped(model, history, bad);
    return bad;
  }

  @Test
  void nothingIsLinearizable() {
    assertGood(Models.counter());
  }

  /** Found by a campaign: with so many in a row each short row was tried in every order first. */
  @Test
  void unknownOnesWhosePlaceIsHintedAreNoGuesses() {
    for (int i = 1; i <= 40; i++) {
      Call write = Call.of("write", "v" + i);
      history.add(new Operation<>(i, write, null, 1, Operation.NEVER, i));
      lost(1, Call.of("write", "w" + i));
    }
    history.add(new Operation<>(0, Call.of("read"), "v40", 2, 3, 41));

    Verdict<Call, String> verdict = verdict(Models.register(""));

    assertThat(verdict).isInstanceOf(Verdict.Linearizable.class);
    assertThat(verdict.steps()).isLessThan(100);
  }

  @Test
  void overlappingWritesMayStandInEitherOrder() {
    done(1, 4, "ok", Call.of("write", "a"));
    done(2, 3, "ok", Call.of("write", "b"));
    done(5, 6, "a", Call.of("read"));

    assertGood(Models.register(""));
  }

  @Test
  void aReadOfWhatWasOverwrittenIsSeen() {
    done(1, 2, "ok", Call.of("write", "a"));
    done(3, 4, "ok", Call.of("write", "b"));
    done(5, 6, "a", Call.of("read"));
    done(7, 8, "b", Call.of("read"));

    assertThat(assertBad(Models.register("")).part())
        .extracting(operation -> operation.input().toString())
        .containsExactly("write a", "write b", "read");
  }

  @Test
  void whatBeginsWhenAnotherEndsOverlapsIt() {
    done(1, 2, "ok", Call.of("write", "a"));
    done(2, 3, "", Call.of("read"));

    assertGood(Models.register(""));
  }

  @Test
  void anUnknownWriteMayTakeEffectLateOrNever() {
    lost(1, Call.of("write", "late"));
    lost(1, Call.of("write", "never"));
    done(2, 3, "ok", Call.of("write", "a"));
    done(4, 5, "a", Call.of("read"));
    done(6, 7, "late", Call.of("read"));

    assertGood(Models.register(""));
  }

  @Test
  void anUnknownWriteCannotTakeEffectBeforeItWasAsked() {
    done(1, 2, "early", Call.of("read"));
    lost(3, Call.of("write", "early"));

    assertThat(assertBad(Models.register("")).part()).hasSize(1);
  }

  @Test
  void compareAndSetFailsOnlyIfItFoundAnotherValue() {
    done(1, 2, "ok", Call.of("cas", "nil", "1"));
    done(3, 4, "no", Call.of("cas", "nil", "2"));
    done(5, 6, "1", Call.of("read"));
    assertGood(Models.compareAndSet("nil"));

    done(7, 8, "no", Call.of("cas", "1", "2"));
    assertBad(Models.compareAndSet("nil"));
  }

  @Test
  void twoIncrementsCannotBothBeTheFirst() {
    done(1, 4, "1", Call.on("c", "add", "1"));
    done(2, 3, "1", Call.on("c", "add", "1"));

    assertThat(assertBad(Models.counter()).part()).hasSize(2);
  }

  @Test
  void anIncrementAppliedTwiceIsSeen() {
    done(1, 2, "5", Call.on("c", "add", "5"));
    done(3, 4, "10", Call.on("c", "get"));

    Verdict.Violated<Call, String> bad = assertBad(Models.counter());
    assertThat(bad.key()).isEqualTo("c");
  }

  @Test
  void keysAreIndependent() {
    done(1, 2, "ok", Call.on("a", "put", "1"));
    done(3, 4, "", Call.on("b", "get"));
    done(5, 6, "ok", Call.on("a", "append", "2"));
    done(7, 8, "12", Call.on("a", "get"));
    done(9, 10, "ok", Call.on("a", "remove"));
    done(11, 12, "", Call.on("a", "get"));

    assertGood(Models.map());
  }

  @Test
  void anElementLeftOutOfAListIsSeen() {
    done(1, 2, "1", Call.of("append", "x"));
    done(3, 4, "2", Call.of("append", "y"));
    done(5, 6, "y,", Call.of("read"));

    assertBad(Models.appendList());
  }

  @Test
  void manyLostAppendsAreFoundByWhatWasRead() {
    StringBuilder read = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      lost(i, Call.of("append", "e" + i));
    }
    for (int i = 59; i >= 20; i--) {
      read.append("e").append(i).append(',');
    }
    done(70, 71, read.toString(), Call.of("read"));

    assertGood(Models.appendList());
  }

  /** Without the rule for equal ones 2^40 sets of them would be tried. */
  @Test
  void manyLostIncrementsAreAlike() {
    for (int i = 0; i < 40; i++) {
      lost(i, Call.of("add", "1"));
    }
    done(50, 51, "17", Call.of("get"));
    done(52, 53, "41", Call.of("get"));

    assertThat(assertBad(Models.counter()).part()).hasSize(1);
  }

  /** As after a lost quorum: many calls wait at once, and some that got no answer took effect. */
  @Test
  void lostIncrementsAmongManyThatOverlapAreFoundInTheGap() {
    for (int i = 0; i < 6; i++) {
      lost(i, Call.of("add", "1"));
    }
    for (int i = 1; i <= 250; i++) {
      String value = Integer.toString(i <= 125 ? i : i + 6);
      done(10 + (i * 7) % 250, 1_000 + i, value, Call.of("add", "1"));
    }
    assertGood(Models.counter());

    done(2_000, 2_001, "255", Call.of("get"));
    assertBad(Models.counter());
  }

  /** What only grows by what it was asked may fall when a negative amount is added. */
  @Test
  void aCounterMayFall() {
    done(1, 9, "4", Call.of("add", "1"));
    done(2, 8, "5", Call.of("add", "5"));
    done(3, 7, "3", Call.of("add", "-2"));

    assertGood(Models.counter());
  }

  @Test
  void aHintThatIsWrongChangesNoVerdict() {
    history.add(new Operation<>(0, Call.of("write", "a"), "ok", 1, 2, 99));
    history.add(new Operation<>(1, Call.of("write", "b"), "ok", 3, 4, 7));
    history.add(new Operation<>(2, Call.of("read"), "b", 5, 6, 1));

    assertGood(Models.register(""));
  }

  @Test
  void whoGivesUpFailsAndKeepsTheHistory(@TempDir Path folder) throws Exception {
    for (int i = 0; i < 20; i++) {
      lost(i, Call.of("add", Integer.toString(1 << i)));
    }
    lost(20, Call.of("add", Integer.toString(-(1 << 30)))); // it may fall: no sum can be ruled out
    done(50, 51, "-5", Call.of("get"));
    Path file = folder.resolve("kept").resolve("hard.history");

    for (Budget budget : List.of(new Budget(1_000, 1L << 30), new Budget(1L << 30, 10_000))) {
      LinearizabilityChecker<?, Call, String> checker =
          new LinearizabilityChecker<>(Models.counter(), budget);

      assertThat(checker.check(history)).isInstanceOf(Verdict.GaveUp.class);
      assertThatThrownBy(() -> checker.require(history, HistoryText.ofCalls(), file))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("gave up")
          .hasMessageContaining(file.toString());
      assertThat(HistoryText.ofCalls().parse(Files.readString(file))).hasSize(22);
      Files.delete(file);
    }
  }

  @Test
  void aBadHistoryIsKeptToo(@TempDir Path folder) {
    done(1, 2, "5", Call.on("c", "add", "1"));
    Path file = folder.resolve("bad.history");

    assertThatThrownBy(
            () ->
                new LinearizabilityChecker<>(Models.counter())
                    .require(history, HistoryText.ofCalls(), file))
        .hasMessageContaining("key c")
        .hasMessageContaining("client 0: c add 1 -> 5");
    assertThat(file).hasContent("1 client 0 asks c add 1\n1 gets 5\n");
  }
}
