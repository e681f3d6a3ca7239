package io.bowline.raft.testkit;

import io.bowline.raft.testkit.linearizability.Model;
import io.bowline.raft.testkit.linearizability.Operation;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The ledger, asked one thing after the other: its accounts are independent. */
final class LedgerModel implements Model<LedgerModel.State, Request<LedgerOp>, LedgerAnswer> {
  /**
   * An account.
   *
   * @param count of what was added to it
   */
  record State(LedgerAnswer answer, int count) {}

  private static final State EMPTY = new State(LedgerAnswer.EMPTY, 0);

  private final @Nullable LedgerChains chains;

  LedgerModel() {
    this(null);
  }

  private LedgerModel(@Nullable LedgerChains chains) {
    this.chains = chains;
  }

  @Override
  public Object key(Request<LedgerOp> input) {
    return input.value().account();
  }

  @Override
  public State initial() {
    return EMPTY;
  }

  @Override
  public boolean isRead(Request<LedgerOp> input) {
    return input.query();
  }

  @Override
  public @Nullable State step(State state, Request<LedgerOp> input, @Nullable LedgerAnswer output) {
    State after =
        input.query() ? state : new State(state.answer().after(input.value()), state.count() + 1);
    return output == null || output.equals(after.answer()) ? after : null;
  }

  /** A chain stands for a list of serials: which one, the answers tell. */
  @Override
  public LedgerModel informed(List<Operation<Request<LedgerOp>, LedgerAnswer>> history) {
    return new LedgerModel(new LedgerChains(history));
  }

  /** Up to the longest list that was seen there is one way, or none if two lists contradict. */
  @Override
  public Predicate<State> reachable(List<LedgerAnswer> outputs) {
    if (chains == null) {
      return state -> true;
    }
    Set<Long> seen = new LinkedHashSet<>();
    outputs.forEach(output -> seen.add(output.chain()));
    List<Long> way = chains.through(seen);
    if (way == null) {
      return state -> false;
    }
    return state -> state.count() >= way.size() || way.get(state.count()) == state.answer().chain();
  }
}
