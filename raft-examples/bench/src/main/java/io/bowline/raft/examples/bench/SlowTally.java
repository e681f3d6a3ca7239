package io.bowline.raft.examples.bench;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.StateMachine;
import java.util.concurrent.locks.LockSupport;

/** Counts commands, each in its time. */
final class SlowTally implements StateMachine<byte[], Long> {
  private final long nanosEach;
  private long count;

  SlowTally(long nanosEach) {
    this.nanosEach = nanosEach;
  }

  @Override
  public void apply(CommittedBatch<byte[], Long> batch) {
    while (batch.next()) {
      if (nanosEach > 0) {
        LockSupport.parkNanos(nanosEach);
      }
      batch.reply(++count);
    }
  }

  @Override
  public Long query(byte[] query) {
    return count;
  }
}
