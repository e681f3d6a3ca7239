package io.bowline.raft.storage;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** CRC32C over parts of buffers, and buffers in the byte order of all files. */
final class Checksum {
  private Checksum() {}

  /** Of {@code length} bytes from {@code from} on; moves no position. */
  static int of(ByteBuffer bytes, int from, int length, CRC32C crc) {
    crc.reset();
    update(crc, bytes, from, length);
    return (int) crc.getValue();
  }

  /** Adds these bytes; moves no position. */
  static void update(CRC32C crc, ByteBuffer bytes, int from, int length) {
    if (bytes.hasArray()) {
      crc.update(bytes.array(), bytes.arrayOffset() + from, length);
    } else {
      crc.update(bytes.slice(from, length));
    }
  }

  /** A zeroed buffer on the heap. */
  static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
