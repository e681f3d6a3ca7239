package io.bowline.raft.model;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * Bytes that nobody changes any more, compared by content: a part of an array that is shared, not
 * copied. It keeps the whole array alive.
 */
public final class Payload {
  /** No bytes. */
  public static final Payload EMPTY = Payload.of(new byte[0]);

  private final byte[] bytes;
  private final int offset;
  private final int length;

  private Payload(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
  }

  /** Takes the array over: the caller must not change it afterwards. */
  public static Payload of(byte[] bytes) {
    return new Payload(bytes, 0, bytes.length);
  }

  /**
   * Takes that part of an array over: nobody may change it afterwards.
   *
   * @throws IndexOutOfBoundsException if it does not lie within the array
   */
  public static Payload of(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    return new Payload(bytes, offset, length);
  }

  /** Hands the bytes to a sink, without a copy. */
  public <X extends Exception> void writeTo(EntryBatch.Sink<X> sink) throws X {
    sink.write(bytes, offset, length);
  }

  /** How many bytes. */
  public int length() {
    return length;
  }

  /** A read-only view. */
  public ByteBuffer view() {
    return ByteBuffer.wrap(bytes, offset, length).slice().asReadOnlyBuffer();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Payload that
        && Arrays.equals(
            bytes, offset, offset + length, that.bytes, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    return view().hashCode();
  }

  @Override
  public String toString() {
    return length + " bytes";
  }
}
