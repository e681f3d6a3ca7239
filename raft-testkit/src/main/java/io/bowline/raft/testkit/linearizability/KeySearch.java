package io.bowline.raft.testkit.linearizability;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The search for an order of one key's operations (Wing and Gong, JPDC 1993; Lowe, 2017): whatever
 * was called before the first return of what has no place yet may be next; a dead end goes back.
 *
 * <p>An operation of unknown outcome stays open to the end and may be left out. Three things keep
 * them from blowing the search up, and none changes what it finds: of those that ask the same, the
 * one called first is spent first; one that changes nothing is not spent at all; and few of them in
 * a row are tried before many.
 */
final class KeySearch<S, I, O> {
  /** How it ended. */
  enum Result {
    FOUND,
    NONE,
    GAVE_UP
  }

  /** An operation in the list of those without a place: lifted out of it, and put back. */
  private static final class Node<I, O> {
    final @Nullable Operation<I, O> operation;
    final int index;
    @Nullable Node<I, O> twin; // of unknown outcome, asks the same, called before
    Node<I, O> before = this;
    Node<I, O> after = this;
    Node<I, O> returnsBefore = this;
    Node<I, O> returnsAfter = this;

    Node(@Nullable Operation<I, O> operation, int index) {
      this.operation = operation;
      this.index = index;
    }

    void lift() {
      before.after = after;
      after.before = before;
      returnsBefore.returnsAfter = returnsAfter;
      returnsAfter.returnsBefore = returnsBefore;
    }

    void unlift() {
      before.after = this;
      after.before = this;
      returnsBefore.returnsAfter = this;
      returnsAfter.returnsBefore = this;
    }
  }

  /** A choice that can be taken back. */
  private record Choice<S, I, O>(Node<I, O> node, S before, int spentBefore) {}

  private final Model<S, I, O> model;
  private final Budget budget;
  private final Predicate<S> reachable;
  private final Node<I, O> ring = new Node<>(null, -1); // in the order of trial
  private final Node<I, O> open = new Node<>(null, -1); // behind it: unknown and without a hint
  private final Node<I, O> returns = new Node<>(null, -1); // in the order of returns
  private final int completed;
  private final int unknown;
  private long steps;
  private boolean cut;

  KeySearch(Model<S, I, O> model, List<Operation<I, O>> operations, Budget budget) {
    this.model = model;
    this.budget = budget;
    List<Operation<I, O>> known =
        new ArrayList<>(operations.stream().filter(Operation::isKnown).toList());
    known.sort(Comparator.comparingLong(Operation::invoked));
    long lastReturn = known.stream().mapToLong(Operation::returned).max().orElse(0);
    List<Operation<I, O>> openEnded =
        new ArrayList<>(
            operations.stream()
                .filter(op -> !op.isKnown() && !model.isRead(op.input()))
                .filter(op -> op.invoked() <= lastReturn) // later ones explain nothing
                .toList());
    openEnded.sort(Comparator.comparingLong(Operation::invoked));
    this.completed = known.size();
    this.unknown = openEnded.size();
    this.reachable = model.reachable(known.stream().map(op -> output(op)).toList());
    List<Node<I, O>> nodes = new ArrayList<>();
    known.forEach(op -> nodes.add(new Node<>(op, nodes.size())));
    linkReturns(new ArrayList<>(nodes));
    Map<I, Node<I, O>> twins = new HashMap<>();
    for (Operation<I, O> op : openEnded) {
      Node<I, O> node = new Node<>(op, nodes.size() - completed);
      node.twin = twins.put(op.input(), node);
      nodes.add(node);
    }
    linkTrials(nodes);
  }

  private static <I, O> O output(Operation<I, O> op) {
    O output = op.output();
    if (output == null) {
      throw new IllegalArgumentException("not known: " + op);
    }
    return output;
  }

  private void linkReturns(List<Node<I, O>> nodes) {
    nodes.sort(Comparator.comparingLong(node -> operation(node).returned()));
    Node<I, O> last = returns;
    for (Node<I, O> node : nodes) {
      node.returnsBefore = last;
      last.returnsAfter = node;
      last = node;
    }
    last.returnsAfter = returns;
    returns.returnsBefore = last;
  }

  /** Hinted ones first, by their hint; then completed ones, then unknown ones, by their call. */
  private void linkTrials(List<Node<I, O>> nodes) {
    List<Node<I, O>> order = new ArrayList<>(nodes);
    order.add(completed, open);
    order.sort(Comparator.comparingLong(KeySearch::rank)); // stable
    Node<I, O> last = ring;
    for (Node<I, O> node : order) {
      node.before = last;
      last.after = node;
      last = node;
    }
    last.after = ring;
    ring.before = last;
  }

  private static long rank(Node<?, ?> node) {
    Operation<?, ?> op = node.operation;
    if (op == null) {
      return Long.MAX_VALUE - 1;
    }
    return op.hint() != 0 ? op.hint() : Long.MAX_VALUE - (op.isKnown() ? 2 : 0);
  }

  private static <I, O> Operation<I, O> operation(Node<I, O> node) {
    Operation<I, O> operation = node.operation;
    if (operation == null) {
      throw new IllegalStateException("the list's head is no operation");
    }
    return operation;
  }

  long steps() {
    return steps;
  }

  Result run() {
    for (int inRow = 1; ; inRow *= 4) {
      cut = false;
      Result result = run(Math.min(inRow, unknown));
      if (result != Result.NONE || !cut) {
        return result;
      }
    }
  }

  /** A pass with at most so many of unknown outcome one after the other. */
  private Result run(int mostInRow) {
    Configurations<S> tried = new Configurations<>(completed, unknown);
    Deque<Choice<S, I, O>> path = new ArrayDeque<>();
    S state = model.initial();
    int inRow = 0;
    Node<I, O> next = ring.after;
    Result result = Result.FOUND;
    while (returns.returnsAfter != returns) {
      if (steps > budget.steps() || tried.bytes() > budget.bytes()) {
        result = Result.GAVE_UP;
        break;
      }
      S after = next.operation == null ? null : take(next, state, inRow, mostInRow, tried);
      if (after != null) {
        path.push(new Choice<>(next, state, inRow));
        next.lift();
        state = after;
        inRow = rowBehind(operation(next), inRow);
        next = ring.after;
      } else if (next != ring) {
        next = afterFailed(next);
      } else if (path.isEmpty()) {
        return Result.NONE;
      } else {
        Choice<S, I, O> last = path.pop();
        undo(last.node(), tried);
        state = last.before();
        inRow = last.spentBefore();
        next = last.node().after;
      }
    }
    while (!path.isEmpty()) {
      path.pop().node().unlift(); // whole again for another pass
    }
    return result;
  }

  /** Behind one that was called too late stand only such ones, up to the next part of the list. */
  private Node<I, O> afterFailed(Node<I, O> node) {
    Operation<I, O> op = node.operation;
    if (op == null || op.hint() != 0 || op.invoked() <= firstReturn()) {
      return node.after;
    }
    return op.isKnown() ? open : ring;
  }

  private long firstReturn() {
    return operation(returns.returnsAfter).returned();
  }

  /** The state after that operation, if it may be next and that was not tried before. */
  private @Nullable S take(
      Node<I, O> node, S state, int inRow, int mostInRow, Configurations<S> tried) {
    Operation<I, O> operation = operation(node);
    if (operation.invoked() > firstReturn()) {
      return null;
    }
    boolean known = operation.isKnown();
    if (!known && !mayBeSpent(node, inRow, mostInRow, tried)) {
      return null;
    }
    steps++;
    S after = model.step(state, operation.input(), operation.output());
    if (after == null || !reachable.test(after) || (!known && after.equals(state))) {
      return null;
    }
    flip(node, tried);
    if (allCanStillBeAnswered(node, after) && tried.isNew(after)) {
      return after;
    }
    flip(node, tried);
    return null;
  }

  /** Of those that may be next; those with a hint are tried in its order and need no such look. */
  private boolean allCanStillBeAnswered(Node<I, O> taken, S after) {
    long until = firstReturn();
    for (Node<I, O> node = ring.after; node.operation != null; node = node.after) {
      Operation<I, O> waiting = node.operation;
      O output = waiting.output();
      if (output == null || waiting.hint() != 0 || waiting.invoked() > until) {
        return true;
      }
      if (node != taken && !model.mayStillAnswer(after, waiting.input(), output)) {
        return false;
      }
    }
    return true;
  }

  private boolean mayBeSpent(Node<I, O> node, int inRow, int mostInRow, Configurations<S> tried) {
    Node<I, O> twin = node.twin;
    if (twin != null && !tried.isSpent(twin.index)) {
      return false;
    }
    if (inRow >= mostInRow && operation(node).hint() == 0) {
      cut = true;
      return false;
    }
    return true;
  }

  /** One whose place somebody believes to know is no guess: any number may follow one another. */
  private static int rowBehind(Operation<?, ?> op, int inRow) {
    if (op.isKnown()) {
      return 0;
    }
    return op.hint() != 0 ? inRow : inRow + 1;
  }

  private void undo(Node<I, O> node, Configurations<S> tried) {
    node.unlift();
    flip(node, tried);
  }

  private void flip(Node<I, O> node, Configurations<S> tried) {
    if (operation(node).isKnown()) {
      tried.flipDone(node.index);
    } else {
      tried.flipSpent(node.index);
    }
  }
}
