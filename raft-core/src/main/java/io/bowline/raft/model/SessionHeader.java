package io.bowline.raft.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What stands before a session's command in its entry (thesis §6.3).
 *
 * @param session the index of the entry that opened it
 * @param key the bits that its opener has drawn; others name no session
 * @param sequence the command's number within its session, from 1
 * @param lowestWanted replies below this number will not be asked for again
 */
public record SessionHeader(long session, SessionKey key, long sequence, long lowestWanted) {
  /** Its length in the payload. */
  public static final int BYTES = 24 + SessionKey.BYTES;

  /** Writes the header at the target's position, which advances. */
  public void encode(ByteBuffer target) {
    put(target, session);
    put(target, key.high());
    put(target, key.low());
    put(target, sequence);
    put(target, lowestWanted);
  }

  // Little-endian whatever the order of the buffer is: a slice for each command would be garbage.

  private static void put(ByteBuffer target, long value) {
    boolean little = target.order() == ByteOrder.LITTLE_ENDIAN;
    target.putLong(little ? value : Long.reverseBytes(value));
  }

  private static long get(ByteBuffer source) {
    long value = source.getLong();
    return source.order() == ByteOrder.LITTLE_ENDIAN ? value : Long.reverseBytes(value);
  }

  /** Reads the header at the payload's position, which advances. */
  public static SessionHeader decode(ByteBuffer payload) {
    if (payload.remaining() < BYTES) {
      throw new IllegalArgumentException("a session's entry ends before its header does");
    }
    return new SessionHeader(
        get(payload), new SessionKey(get(payload), get(payload)), get(payload), get(payload));
  }
}
