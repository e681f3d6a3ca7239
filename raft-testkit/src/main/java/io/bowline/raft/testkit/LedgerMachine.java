package io.bowline.raft.testkit;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.StateMachine;

/** The ledger as the state machine of one node in one life. */
final class LedgerMachine implements StateMachine<LedgerOp, LedgerAnswer> {
  private final Ledger ledger;

  LedgerMachine(Ledger ledger) {
    this.ledger = ledger;
  }

  @Override
  public void apply(CommittedBatch<LedgerOp, LedgerAnswer> batch) {
    while (batch.next()) {
      batch.reply(ledger.apply(batch.index(), batch.timeNanos(), batch.command()));
    }
  }

  @Override
  public LedgerAnswer query(LedgerOp query) {
    return ledger.query(query);
  }
}
