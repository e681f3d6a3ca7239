package io.bowline.raft.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The one codec of an entry (STORAGE F2): the same bytes in memory, on the wire and on every disk.
 * Little-endian: payload length (4), type (1), flags (1), zero (2), term (8), index (8), replicated
 * time in ns (8), CRC32C of the payload (4), CRC32C of the 36 bytes before (4), payload.
 */
public final class Frame {
  /** Length of the header before the payload. */
  public static final int HEADER_BYTES = 40;

  /** No frame is larger, whatever a length field says. */
  public static final int MAX_PAYLOAD_BYTES = 64 << 20;

  private static final int TYPE = 4;
  private static final int FLAGS = 5;
  private static final int RESERVED = 6;
  private static final int TERM = 8;
  private static final int INDEX = 16;
  private static final int TIME = 24;
  private static final int PAYLOAD_CRC = 32;
  private static final int HEADER_CRC = 36;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Frame() {}

  /** Writes the header before a payload that already stands at {@code at + HEADER_BYTES}. */
  static void seal(
      byte[] b, int at, int payloadLength, EntryType type, EntryId id, long time, CRC32C crc) {
    INT.set(b, at, payloadLength);
    INT.set(b, at + TYPE, (int) type.code());
    LONG.set(b, at + TERM, id.term());
    LONG.set(b, at + INDEX, id.index());
    LONG.set(b, at + TIME, time);
    crc.reset();
    crc.update(b, at + HEADER_BYTES, payloadLength);
    INT.set(b, at + PAYLOAD_CRC, (int) crc.getValue());
    crc.reset();
    crc.update(b, at, HEADER_CRC);
    INT.set(b, at + HEADER_CRC, (int) crc.getValue());
  }

  /**
   * Whether a whole and intact header stands at {@code at}, with a length that may be believed and
   * no flag that this version does not know. The payload may still be cut short or damaged.
   */
  public static boolean headerIsValid(byte[] b, int at, int limit, CRC32C crc) {
    if (limit - at < HEADER_BYTES) {
      return false;
    }
    crc.reset();
    crc.update(b, at, HEADER_CRC);
    int length = payloadLength(b, at);
    return (int) crc.getValue() == (int) INT.get(b, at + HEADER_CRC)
        && length >= 0
        && length <= MAX_PAYLOAD_BYTES;
  }

  /** Whether the payload behind a valid header agrees with the checksum there. */
  public static boolean payloadIsValid(byte[] b, int at, int limit, CRC32C crc) {
    int length = payloadLength(b, at);
    if (limit - at - HEADER_BYTES < length) {
      return false;
    }
    crc.reset();
    crc.update(b, at + HEADER_BYTES, length);
    return (int) crc.getValue() == payloadCrc(b, at);
  }

  /** Bytes of the payload. */
  public static int payloadLength(byte[] b, int at) {
    return (int) INT.get(b, at);
  }

  /** The code of {@link EntryType}. */
  public static byte typeCode(byte[] b, int at) {
    return b[at + TYPE];
  }

  /** 0: this version knows no flag. */
  public static byte flags(byte[] b, int at) {
    return b[at + FLAGS];
  }

  /** 0: this version knows no such bit. */
  public static int reserved(byte[] b, int at) {
    return b[at + RESERVED] | b[at + RESERVED + 1];
  }

  /** The entry's term. */
  public static long term(byte[] b, int at) {
    return (long) LONG.get(b, at + TERM);
  }

  /** The entry's index. */
  public static long index(byte[] b, int at) {
    return (long) LONG.get(b, at + INDEX);
  }

  /** Replicated time in ns (DESIGN 14). */
  public static long time(byte[] b, int at) {
    return (long) LONG.get(b, at + TIME);
  }

  /** The payload's CRC32C, as the header says. */
  public static int payloadCrc(byte[] b, int at) {
    return (int) INT.get(b, at + PAYLOAD_CRC);
  }
}
