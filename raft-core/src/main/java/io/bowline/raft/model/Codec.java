package io.bowline.raft.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * Turns an embedder's type into bytes and back. Called from several threads at once; must be a pure
 * function: every replica applies what it decodes.
 *
 * @param <T> the embedder's type
 */
public interface Codec<T> {
  /** The bytes of a value; the array belongs to the library afterwards. */
  byte[] encode(T value);

  /**
   * The value of these bytes, not null; the view is read-only, valid during the call only. A
   * command whose bytes it throws for is not proposed.
   */
  T decode(ByteBuffer bytes);

  /** A codec of two functions, which must be pure and safe from any thread. */
  static <T> Codec<T> of(
      Function<? super T, byte[]> encoder, Function<ByteBuffer, ? extends T> decoder) {
    return new Codec<>() {
      @Override
      public byte[] encode(T value) {
        return encoder.apply(value);
      }

      @Override
      public T decode(ByteBuffer bytes) {
        return decoder.apply(bytes);
      }
    };
  }

  /** Strings as UTF-8. */
  static Codec<String> utf8() {
    return new Codec<>() {
      @Override
      public byte[] encode(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
      }

      @Override
      public String decode(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
      }
    };
  }

  /** Longs as eight bytes, big-endian. */
  static Codec<Long> int64() {
    return new Codec<>() {
      @Override
      public byte[] encode(Long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
      }

      @Override
      public Long decode(ByteBuffer bytes) {
        return bytes.getLong();
      }
    };
  }

  /** Byte arrays as they are. */
  static Codec<byte[]> bytes() {
    return new Codec<>() {
      @Override
      public byte[] encode(byte[] value) {
        return value.clone();
      }

      @Override
      public byte[] decode(ByteBuffer bytes) {
        byte[] value = new byte[bytes.remaining()];
        bytes.get(value);
        return value;
      }
    };
  }
}
