package io.bowline.raft.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A name of 1 to 63 ASCII characters in 64 bytes: its length, the characters, zeros (F0). */
final class IdField {
  static final int BYTES = 64;

  private IdField() {}

  static void put(ByteBuffer out, int at, String id) {
    byte[] ascii = id.getBytes(StandardCharsets.US_ASCII);
    out.put(at, (byte) ascii.length);
    out.put(at + 1, ascii);
  }

  /** Throws IllegalArgumentException if that is no name. */
  static String get(ByteBuffer in, int at) {
    int length = in.get(at);
    if (length < 1 || length >= BYTES) {
      throw new IllegalArgumentException("a name of length " + length + " at byte " + at);
    }
    byte[] ascii = new byte[length];
    in.get(at + 1, ascii);
    return new String(ascii, StandardCharsets.US_ASCII);
  }
}
