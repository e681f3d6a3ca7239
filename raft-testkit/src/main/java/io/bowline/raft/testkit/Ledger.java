package io.bowline.raft.testkit;

/**
 * The simulated service's state on one node in one life: counters, each with the chain of what was
 * added. Every apply is reported to the ghost outside.
 */
final class Ledger {
  private final GhostLog ghost;
  private final int slot;
  private final LedgerAnswer[] accounts;
  private long stateHash;
  private long lastIndex;

  Ledger(GhostLog ghost, int slot, int accountCount) {
    this.ghost = ghost;
    this.slot = slot;
    this.accounts = new LedgerAnswer[accountCount];
    java.util.Arrays.fill(accounts, LedgerAnswer.EMPTY);
  }

  long lastIndex() {
    return lastIndex;
  }

  LedgerAnswer apply(long index, long timeNanos, LedgerOp op) {
    if (index <= lastIndex) {
      throw new IllegalStateException("index " + index + " comes behind " + lastIndex);
    }
    LedgerAnswer before = accounts[op.account()];
    LedgerAnswer after = before.after(op);
    accounts[op.account()] = after;
    stateHash += mark(op.account(), after) - mark(op.account(), before);
    lastIndex = index;
    ghost.applied(slot, index, timeNanos, op, stateHash);
    return after;
  }

  private static long mark(int account, LedgerAnswer answer) {
    return Prng.mix(Prng.mix(answer.sum() + account) + answer.chain());
  }

  LedgerAnswer query(LedgerOp op) {
    return accounts[op.account()];
  }
}
