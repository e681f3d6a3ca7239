package io.bowline.raft.testkit;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.model.Codec;
import io.bowline.raft.testkit.linearizability.Model;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The simulator's own application: counters, each with the chain of what was added, so that what is
 * applied twice, left out or exchanged shows in the next answer.
 */
final class Ledger implements Application<LedgerOp, LedgerAnswer> {
  static final int ACCOUNTS = 8;

  @Override
  public Codec<LedgerOp> commands() {
    return LedgerOp.CODEC;
  }

  @Override
  public Codec<LedgerAnswer> replies() {
    return LedgerAnswer.CODEC;
  }

  @Override
  public Replica<LedgerOp, LedgerAnswer> replica() {
    return new Machine();
  }

  @Override
  public LedgerOp command(RandomGenerator random, long serial) {
    int padding = random.nextInt(8) == 0 ? random.nextInt(4_000) : 0;
    return new LedgerOp(serial, account(random), 1 + random.nextInt(100), padding);
  }

  @Override
  public LedgerOp query(RandomGenerator random) {
    return new LedgerOp(0, account(random), 0, 0);
  }

  /** Half of all calls meet at one account. */
  private static int account(RandomGenerator random) {
    return random.nextBoolean() ? 0 : random.nextInt(ACCOUNTS);
  }

  @Override
  public Model<?, Request<LedgerOp>, LedgerAnswer> model() {
    return new LedgerModel();
  }

  /** The state on one node in one life. */
  private static final class Machine implements Replica<LedgerOp, LedgerAnswer> {
    private final LedgerAnswer[] accounts = new LedgerAnswer[ACCOUNTS];
    private long stateHash;

    Machine() {
      Arrays.fill(accounts, LedgerAnswer.EMPTY);
    }

    @Override
    public void apply(CommittedBatch<LedgerOp, LedgerAnswer> batch) {
      while (batch.next()) {
        LedgerOp op = batch.command();
        LedgerAnswer before = accounts[op.account()];
        LedgerAnswer after = before.after(op);
        accounts[op.account()] = after;
        stateHash += mark(op.account(), after) - mark(op.account(), before);
        batch.reply(after);
      }
    }

    private static long mark(int account, LedgerAnswer answer) {
      return Prng.mix(Prng.mix(answer.sum() + account) + answer.chain());
    }

    @Override
    public LedgerAnswer query(LedgerOp op) {
      return accounts[op.account()];
    }

    @Override
    public long stateHash() {
      return stateHash;
    }
  }
}
