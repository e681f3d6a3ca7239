package io.bowline.raft.testkit.junit;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.StateMachine;
import io.bowline.raft.model.Codec;
import io.bowline.raft.testkit.ServiceUnderTest;
import java.util.function.Supplier;

/** Two accounts; money moves from one to the other, and none is made on the way. */
class Bank implements StateMachine<Long, Long> {
  private long left;
  private long right;

  static ServiceUnderTest<Long, Long, Bank> service(Supplier<Bank> bank) {
    return ServiceUnderTest.<Long, Long, Bank>of(bank, Codec.int64(), Codec.int64())
        .asking(random -> random.nextLong(1, 100))
        .querying(random -> 0L)
        .holding(
            state -> {
              if (state.left + state.right != 0) {
                throw new AssertionError("money was made: " + (state.left + state.right));
              }
            });
  }

  @Override
  public void apply(CommittedBatch<Long, Long> batch) {
    while (batch.next()) {
      left -= batch.command();
      right += credit(batch.command());
      batch.reply(right);
    }
  }

  long credit(long amount) {
    return amount;
  }

  @Override
  public Long query(Long query) {
    return left + right;
  }

  /** Makes one of some amounts. */
  static final class Generous extends Bank {
    @Override
    long credit(long amount) {
      return amount % 10 == 0 ? amount + 1 : amount;
    }
  }
}
