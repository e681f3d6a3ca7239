package io.bowline.raft.testkit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads what {@link ByteWriter} wrote; anything else is an IllegalArgumentException. */
final class ByteReader {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private int at;

  ByteReader(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Moves over {@code length} bytes and says where they begin. */
  int skip(int length) {
    if (length < 0 || length > bytes.length - at) {
      throw new IllegalArgumentException(
          length + " bytes were announced at " + at + " of " + bytes.length);
    }
    int from = at;
    at += length;
    return from;
  }

  boolean atEnd() {
    return at == bytes.length;
  }

  int readByte() {
    return bytes[skip(1)];
  }

  int readInt() {
    return (int) INT.get(bytes, skip(Integer.BYTES));
  }

  long readLong() {
    return (long) LONG.get(bytes, skip(Long.BYTES));
  }
}
