package io.bowline.raft.testkit.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** What is demanded of the part of a bad history that is reported. */
final class Parts {
  private Parts() {}

  /** All answers but the part's forgotten it is still bad; any one of the part's too, and not. */
  static <S, I, O> void assertNothingCanBeDropped(
      Model<S, I, O> model, List<Operation<I, O>> history, Verdict.Violated<I, O> bad) {
    assertThat(bad.minimal()).isTrue();
    assertThat(bad.part()).isNotEmpty();
    assertThat(check(model, history, bad.part())).isInstanceOf(Verdict.Violated.class);
    for (Operation<I, O> dropped : bad.part()) {
      List<Operation<I, O>> rest = new ArrayList<>(bad.part());
      rest.remove(dropped);
      assertThat(check(model, history, rest))
          .as("without %s of %s", dropped, bad.part())
          .isInstanceOf(Verdict.Linearizable.class);
    }
  }

  private static <S, I, O> Verdict<I, O> check(
      Model<S, I, O> model, List<Operation<I, O>> history, List<Operation<I, O>> part) {
    List<Operation<I, O>> rest = new ArrayList<>(part);
    List<Operation<I, O>> all = new ArrayList<>();
    for (Operation<I, O> operation : history) {
      all.add(rest.remove(operation) ? operation : operation.forgotten());
    }
    return new LinearizabilityChecker<>(model).check(all);
  }
}
