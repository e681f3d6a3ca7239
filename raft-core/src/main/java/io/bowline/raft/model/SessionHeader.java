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
    ByteBuffer out = target.slice().order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(session).putLong(key.high()).putLong(key.low());
    out.putLong(sequence).putLong(lowestWanted);
    target.position(target.position() + BYTES);
  }

  /** Reads the header at the payload's position, which advances. */
  public static SessionHeader decode(ByteBuffer payload) {
    if (payload.remaining() < BYTES) {
      throw new IllegalArgumentException("a session's entry ends before its header does");
    }
    ByteBuffer in = payload.slice().order(ByteOrder.LITTLE_ENDIAN);
    payload.position(payload.position() + BYTES);
    return new SessionHeader(
        in.getLong(), new SessionKey(in.getLong(), in.getLong()), in.getLong(), in.getLong());
  }
}
