package io.bowline.raft.testkit.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The search against one that tries every order, and histories against their text. */
class CheckerProperties {
  private static final Model<String, Call, String> MODEL = Models.compareAndSet("0");

  @Property(tries = 3_000)
  void theVerdictIsThatOfTryingEveryOrder(
      @ForAll("histories") List<Operation<Call, String>> history) {
    Verdict<Call, String> verdict = new LinearizabilityChecker<>(MODEL).check(history);

    assertThat(verdict instanceof Verdict.Linearizable)
        .isEqualTo(isExplained("0", new ArrayList<>(history)));
    if (verdict instanceof Verdict.Violated<Call, String> bad) {
      Parts.assertNothingCanBeDropped(MODEL, history, bad);
    }
  }

  /** Whatever returns before all others begin may come first; unknown ones may be left out. */
  private static boolean isExplained(String state, List<Operation<Call, String>> rest) {
    if (rest.stream().noneMatch(Operation::isKnown)) {
      return true;
    }
    long first = rest.stream().mapToLong(Operation::returned).min().orElseThrow();
    for (Operation<Call, String> next : rest) {
      if (next.invoked() <= first) {
        String after = MODEL.step(state, next.input(), next.output());
        List<Operation<Call, String>> others = new ArrayList<>(rest);
        others.remove(next);
        if (after != null && isExplained(after, others)) {
          return true;
        }
      }
    }
    return false;
  }

  @Provide
  static Arbitrary<List<Operation<Call, String>>> histories() {
    Arbitrary<String> values = Arbitraries.of("0", "1", "2");
    Arbitrary<Call> calls =
        Arbitraries.oneOf(
            Arbitraries.just(Call.of("read")),
            values.map(value -> Call.of("write", value)),
            Combinators.combine(values, values).as((from, to) -> Call.of("cas", from, to)));
    return Combinators.combine(
            calls,
            values,
            Arbitraries.of(true, true, true, false),
            Arbitraries.longs().between(0, 20),
            Arbitraries.longs().between(0, 8))
        .as(CheckerProperties::operation)
        .list()
        .ofMaxSize(7);
  }

  private static Operation<Call, String> operation(
      Call call, String value, boolean known, long from, long length) {
    if (!known) {
      return Operation.unknown(0, call, from);
    }
    String output =
        switch (call.name()) {
          case "read" -> value;
          case "write" -> Models.OK;
          default -> value.equals("0") ? Models.NO : Models.OK;
        };
    return Operation.completed(0, call, output, from, from + length);
  }

  @Property(tries = 500)
  void aHistoryIsReadAsItWasWritten(
      @ForAll("histories") List<Operation<Call, String>> history, @ForAll String odd) {
    HistoryText<Call, String> text = HistoryText.ofCalls();
    List<Operation<Call, String>> all = new ArrayList<>(history);
    all.add(Operation.completed(3, Call.on(odd, "put", odd, ""), odd, 1, 2));

    String written = text.format(all);
    List<Operation<Call, String>> read = text.parse(written);

    assertThat(text.format(read).lines().map(line -> line.replaceFirst("^\\d+", "")))
        .containsExactlyElementsOf(
            written.lines().map(line -> line.replaceFirst("^\\d+", "")).toList());
    assertThat(read.stream().map(Operation::input))
        .containsExactlyInAnyOrderElementsOf(all.stream().map(Operation::input).toList());
    assertThat(read.stream().map(Operation::output))
        .containsExactlyInAnyOrderElementsOf(all.stream().map(Operation::output).toList());
  }
}
