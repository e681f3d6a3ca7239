package io.bowline.raft.testkit.linearizability;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Makes the answers that contradict each other few. An operation is dropped by forgetting its
 * answer, as if its client had died before it came: then it may have taken effect or not. Leaving
 * it out altogether would prove nothing, for a read of what a left-out write wrote is no fault.
 */
final class Contradiction<S, I, O> {
  private final Model<S, I, O> model;
  private final Budget budget;
  private final List<Operation<I, O>> operations;
  private final List<Operation<I, O>> kept;
  private long steps;
  private boolean minimal = true;

  Contradiction(Model<S, I, O> model, Budget budget, List<Operation<I, O>> operations) {
    this.model = model;
    this.budget = budget;
    this.operations = operations;
    this.kept =
        new ArrayList<>(
            operations.stream()
                .filter(Operation::isKnown)
                .sorted(Comparator.comparingLong(Operation::returned))
                .toList());
  }

  Verdict<I, O> verdict(Object key, long searched) {
    dropTheEnd();
    for (int size = Math.max(1, kept.size() / 2); size >= 1; size /= 2) {
      minimal = true; // what a pass over runs could not decide, one over single ones may
      dropInRuns(size);
    }
    return new Verdict.Violated<>(searched + steps, key, List.copyOf(kept), others(), minimal);
  }

  /** The contradiction is complete when the last of its answers has come. */
  private void dropTheEnd() {
    int enough = kept.size();
    int tooFew = 0;
    while (enough - tooFew > 1) {
      int middle = (enough + tooFew) >>> 1;
      if (contradicts(kept.subList(0, middle))) {
        enough = middle;
      } else {
        tooFew = middle;
      }
    }
    kept.subList(enough, kept.size()).clear();
  }

  /** Forgetting more makes nothing contradict that did not, so one pass over single ones is all. */
  private void dropInRuns(int size) {
    for (int from = 0; from < kept.size(); ) {
      int to = Math.min(from + size, kept.size());
      List<Operation<I, O>> rest = new ArrayList<>(kept);
      rest.subList(from, to).clear();
      if (contradicts(rest)) {
        kept.subList(from, to).clear();
      } else {
        from = to;
      }
    }
  }

  private boolean contradicts(List<Operation<I, O>> some) {
    if (some.isEmpty()) {
      return false;
    }
    long left = Math.max(1, budget.steps() - steps);
    KeySearch<S, I, O> search =
        new KeySearch<>(model, forgettingAllBut(some), new Budget(left, budget.bytes()));
    KeySearch.Result result = search.run();
    steps += search.steps();
    if (result == KeySearch.Result.GAVE_UP) {
      minimal = false; // perhaps it could go
    }
    return result == KeySearch.Result.NONE;
  }

  private List<Operation<I, O>> forgettingAllBut(List<Operation<I, O>> some) {
    List<Operation<I, O>> all = new ArrayList<>(some);
    for (Operation<I, O> operation : operations) {
      if (!containsThis(some, operation)) {
        all.add(operation.forgotten());
      }
    }
    return all;
  }

  /** By identity: a client may have asked and been told the same twice. */
  private static <T> boolean containsThis(List<T> some, T one) {
    for (T each : some) {
      if (each == one) {
        return true;
      }
    }
    return false;
  }

  private List<Operation<I, O>> others() {
    long end = kept.get(kept.size() - 1).returned();
    return operations.stream()
        .filter(op -> !containsThis(kept, op))
        .filter(op -> op.invoked() <= end && !model.isRead(op.input()))
        .map(Operation::forgotten)
        .toList();
  }
}
