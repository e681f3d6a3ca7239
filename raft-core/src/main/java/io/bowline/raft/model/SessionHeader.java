package io.bowline.raft.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What stands before a session's command in its entry (thesis §6.3).
 *
 * @param session the index of the entry that opened it
 * @param sequence the command's number within its session, from 1
 * @param lowestWanted replies below this number will not be asked for again
 */
public record SessionHeader(long session, long sequence, long lowestWanted) {
  /** Its length in the payload. */
  public static final int BYTES = 24;

  /** Writes the header at the target's position, which advances. */
  public void encode(ByteBuffer target) {
    ByteBuffer out = target.slice().order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(session).putLong(sequence).putLong(lowestWanted);
    target.position(target.position() + BYTES);
  }

  /** Reads the header at the payload's position, which advances. */
  public static SessionHeader decode(ByteBuffer payload) {
    if (payload.remaining() < BYTES) {
      throw new IllegalArgumentException("a session's entry ends before its header does");
    }
    ByteBuffer in = payload.slice().order(ByteOrder.LITTLE_ENDIAN);
    payload.position(payload.position() + BYTES);
    return new SessionHeader(in.getLong(), in.getLong(), in.getLong());
  }
}
