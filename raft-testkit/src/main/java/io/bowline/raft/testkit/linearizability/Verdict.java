package io.bowline.raft.testkit.linearizability;

import java.util.List;

/**
 * What a check of a history came to.
 *
 * @param <I> what is asked
 * @param <O> what is answered
 */
public sealed interface Verdict<I, O> {
  /** Steps of the model that it took. */
  long steps();

  /** There is such an order for every key. */
  record Linearizable<I, O>(long steps) implements Verdict<I, O> {}

  /**
   * There is none for a key.
   *
   * @param key whose operations contradict each other
   * @param part operations whose answers contradict each other and of which none can be dropped: as
   *     soon as the answer of any one of them is forgotten, there is an order for all the rest
   * @param others of that key, with forgotten answers: they may have taken effect or not, and
   *     explain nothing
   * @param minimal false if the budget ended while something might still have been dropped
   */
  record Violated<I, O>(
      long steps,
      Object key,
      List<Operation<I, O>> part,
      List<Operation<I, O>> others,
      boolean minimal)
      implements Verdict<I, O> {
    /** Copies the lists. */
    public Violated {
      part = List.copyOf(part);
      others = List.copyOf(others);
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("not linearizable");
      if (!key.equals("")) {
        text.append(", key ").append(key);
      }
      text.append(": no order explains").append(minimal ? "" : " (more may be left out)");
      part.forEach(operation -> text.append(System.lineSeparator()).append("  ").append(operation));
      text.append(System.lineSeparator());
      return text.append("  whatever became of ")
          .append(others.size())
          .append(" others")
          .toString();
    }
  }

  /** The budget ended first: nothing is known, and that is a failure. */
  record GaveUp<I, O>(long steps, Object key, int operations) implements Verdict<I, O> {
    @Override
    public String toString() {
      return "gave up after " + steps + " steps, key '" + key + "', " + operations + " operations";
    }
  }
}
