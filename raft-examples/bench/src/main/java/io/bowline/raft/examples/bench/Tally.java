package io.bowline.raft.examples.bench;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.StateMachine;
import io.bowline.raft.model.Codec;
import java.nio.ByteBuffer;

/** A state machine that costs nothing: counts commands and looks into none. */
final class Tally implements StateMachine<byte[], Long> {
  private static final byte[] UNSEEN = new byte[0];

  private long count;

  @Override
  public void apply(CommittedBatch<byte[], Long> batch) {
    while (batch.next()) {
      batch.reply(++count);
    }
  }

  @Override
  public Long query(byte[] query) {
    return count;
  }

  /** Payloads nobody changes and nobody reads: neither side copies them. */
  static final Codec<byte[]> OPAQUE =
      new Codec<>() {
        @Override
        public byte[] encode(byte[] value) {
          return value;
        }

        @Override
        public byte[] decode(ByteBuffer bytes) {
          return UNSEEN;
        }
      };
}
