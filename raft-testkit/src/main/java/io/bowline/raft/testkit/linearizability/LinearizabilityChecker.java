package io.bowline.raft.testkit.linearizability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Says whether a history is linearizable: whether there is, for each key, an order of its
 * operations in which each stands between its call and its return and each answer is what the model
 * gives. Keys are independent, so the whole is linearizable if each of them is. Not thread-safe.
 *
 * @param <S> the model's state
 * @param <I> what is asked
 * @param <O> what is answered
 */
public final class LinearizabilityChecker<S, I, O> {
  private final Model<S, I, O> model;
  private final Budget budget;

  /** A checker with the default budget. */
  public LinearizabilityChecker(Model<S, I, O> model) {
    this(model, Budget.DEFAULT);
  }

  /**
   * A checker that gives up when the budget is spent on a key.
   *
   * @param budget for the search of each key, and once more for making a bad part small
   */
  public LinearizabilityChecker(Model<S, I, O> model, Budget budget) {
    this.model = model;
    this.budget = budget;
  }

  /**
   * Searches.
   *
   * @param history in any order
   * @return the verdict; of several bad keys the one that was seen first is reported
   */
  public Verdict<I, O> check(List<Operation<I, O>> history) {
    long steps = 0;
    for (Map.Entry<Object, List<Operation<I, O>>> entry : byKey(history).entrySet()) {
      List<Operation<I, O>> operations = entry.getValue();
      Model<S, I, O> informed = model.informed(operations);
      KeySearch<S, I, O> search = new KeySearch<>(informed, operations, budget);
      KeySearch.Result result = search.run();
      steps += search.steps();
      if (result == KeySearch.Result.GAVE_UP) {
        return new Verdict.GaveUp<>(steps, entry.getKey(), operations.size());
      } else if (result == KeySearch.Result.NONE) {
        return new Contradiction<>(informed, budget, operations).verdict(entry.getKey(), steps);
      }
    }
    return new Verdict.Linearizable<>(steps);
  }

  /**
   * Demands that a history is linearizable.
   *
   * @param text how it is written
   * @param file keeps the history if it is not, or if the budget ended first
   * @return how many steps of the model it took
   * @throws AssertionError naming the part that contradicts itself, and the file
   * @throws UncheckedIOException if the file cannot be written
   */
  public long require(List<Operation<I, O>> history, HistoryText<I, O> text, Path file) {
    Verdict<I, O> verdict = check(history);
    if (!(verdict instanceof Verdict.Linearizable)) {
      String kept = keep(text.format(history), file);
      throw new AssertionError(verdict + System.lineSeparator() + "history  " + kept);
    }
    return verdict.steps();
  }

  private static String keep(String text, Path file) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      return Files.writeString(file, text).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<Object, List<Operation<I, O>>> byKey(List<Operation<I, O>> history) {
    Map<Object, List<Operation<I, O>>> keys = new LinkedHashMap<>();
    for (Operation<I, O> operation : history) {
      keys.computeIfAbsent(model.key(operation.input()), key -> new ArrayList<>()).add(operation);
    }
    return keys;
  }
}
