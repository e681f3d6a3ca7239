package io.bowline.raft.testkit;

import io.bowline.raft.model.Codec;
import java.nio.ByteBuffer;

/**
 * A command or a query of the ledger.
 *
 * @param serial of the request, from 1, over all clients; a retry keeps it
 * @param account which of the counters
 * @param amount what is added
 * @param padding bytes that stand for a larger command
 */
record LedgerOp(long serial, int account, long amount, int padding) {
  static final Codec<LedgerOp> CODEC =
      new Codec<>() {
        @Override
        public byte[] encode(LedgerOp op) {
          ByteBuffer bytes = ByteBuffer.allocate(20 + op.padding());
          bytes.putLong(op.serial()).putInt(op.account()).putLong(op.amount());
          while (bytes.hasRemaining()) {
            bytes.put((byte) op.serial());
          }
          return bytes.array();
        }

        @Override
        public LedgerOp decode(ByteBuffer bytes) {
          return new LedgerOp(bytes.getLong(), bytes.getInt(), bytes.getLong(), bytes.remaining());
        }
      };
}
