package io.bowline.raft.testkit;

import io.bowline.raft.model.Codec;
import java.nio.ByteBuffer;

/**
 * A command or a query of the simulated service.
 *
 * @param serial of the operation, from 1, over all clients; a retry keeps it
 * @param account which of the counters
 * @param amount what is added
 */
record LedgerOp(long serial, int account, long amount) {
  static final Codec<LedgerOp> CODEC =
      new Codec<>() {
        @Override
        public byte[] encode(LedgerOp op) {
          return ByteBuffer.allocate(20)
              .putLong(op.serial())
              .putInt(op.account())
              .putLong(op.amount())
              .array();
        }

        @Override
        public LedgerOp decode(ByteBuffer bytes) {
          return new LedgerOp(bytes.getLong(), bytes.getInt(), bytes.getLong());
        }
      };

  /** What the state machine is fed for a check of what was replicated. */
  long fingerprint() {
    return Prng.mix(Prng.mix(serial * 31 + account) + amount);
  }
}
