package io.bowline.raft.testkit;

import io.bowline.raft.model.Codec;
import java.nio.ByteBuffer;

/** A codec as one machine has it: foreign code, which may do anything. */
record ForeignCodec<T>(Codec<T> codec, ForeignCode foreign, Seam encodes, Seam decodes)
    implements Codec<T> {
  static <T> ForeignCodec<T> ofCommands(Codec<T> codec, ForeignCode foreign) {
    return new ForeignCodec<>(codec, foreign, Seam.ENCODE_COMMAND, Seam.DECODE_COMMAND);
  }

  static <T> ForeignCodec<T> ofReplies(Codec<T> codec, ForeignCode foreign) {
    return new ForeignCodec<>(codec, foreign, Seam.ENCODE_REPLY, Seam.DECODE_REPLY);
  }

  @Override
  public byte[] encode(T value) {
    foreign.called(encodes);
    return codec.encode(value);
  }

  @Override
  public T decode(ByteBuffer bytes) {
    foreign.called(decodes);
    return codec.decode(bytes);
  }
}
