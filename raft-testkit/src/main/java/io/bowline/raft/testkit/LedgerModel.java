package io.bowline.raft.testkit;

import io.bowline.raft.testkit.linearizability.Model;
import org.jspecify.annotations.Nullable;

/** The ledger, asked one thing after the other: its accounts are independent. */
final class LedgerModel implements Model<LedgerAnswer, Request<LedgerOp>, LedgerAnswer> {
  @Override
  public Object key(Request<LedgerOp> input) {
    return input.value().account();
  }

  @Override
  public LedgerAnswer initial() {
    return LedgerAnswer.EMPTY;
  }

  @Override
  public boolean isRead(Request<LedgerOp> input) {
    return input.query();
  }

  @Override
  public @Nullable LedgerAnswer step(
      LedgerAnswer state, Request<LedgerOp> input, @Nullable LedgerAnswer output) {
    LedgerAnswer after = input.query() ? state : state.after(input.value());
    return output == null || output.equals(after) ? after : null;
  }
}
