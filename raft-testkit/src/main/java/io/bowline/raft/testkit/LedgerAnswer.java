package io.bowline.raft.testkit;

import io.bowline.raft.model.Codec;
import java.nio.ByteBuffer;

/**
 * What the simulated service answers.
 *
 * @param sum of all that was added to the account
 * @param chain of the serials that were added, in their order: an append-only list in eight bytes,
 *     which shows what was applied twice, left out or exchanged
 */
record LedgerAnswer(long sum, long chain) {
  static final LedgerAnswer EMPTY = new LedgerAnswer(0, 0);

  static final Codec<LedgerAnswer> CODEC =
      new Codec<>() {
        @Override
        public byte[] encode(LedgerAnswer answer) {
          return ByteBuffer.allocate(16).putLong(answer.sum()).putLong(answer.chain()).array();
        }

        @Override
        public LedgerAnswer decode(ByteBuffer bytes) {
          return new LedgerAnswer(bytes.getLong(), bytes.getLong());
        }
      };

  LedgerAnswer after(LedgerOp op) {
    return new LedgerAnswer(sum + op.amount(), chainAfter(chain, op.serial()));
  }

  static long chainAfter(long chain, long serial) {
    return Prng.mix(chain + serial);
  }

  /** The way back: mixing loses nothing. */
  static long chainBefore(long chain, long serial) {
    return Prng.unmix(chain) - serial;
  }
}
