package io.bowline.raft.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/**
 * 128 random bits that the opener of a session has drawn. With the session's index they name it:
 * indexes can be guessed, and who does not know the bits moves nothing in the session.
 */
public record SessionKey(long high, long low) {
  /** Its length, in a session's opening and in each {@link SessionHeader}. */
  public static final int BYTES = 16;

  /** Draws one; from a source that nobody can guess, wherever clients need not trust another. */
  public static SessionKey draw(RandomGenerator random) {
    return new SessionKey(random.nextLong(), random.nextLong());
  }

  /** The payload of the entry that opens a session. */
  public Payload payload() {
    ByteBuffer out = ByteBuffer.allocate(BYTES);
    encode(out);
    return Payload.of(out.array());
  }

  /** Writes the bits at the target's position, which advances. */
  public void encode(ByteBuffer target) {
    target.slice().order(ByteOrder.LITTLE_ENDIAN).putLong(high).putLong(low);
    target.position(target.position() + BYTES);
  }

  /** Reads the payload of a session's opening; throws IllegalArgumentException on anything else. */
  public static SessionKey decode(ByteBuffer payload) {
    if (payload.remaining() != BYTES) {
      throw new IllegalArgumentException(
          "the opening of a session has " + payload.remaining() + " bytes, not " + BYTES);
    }
    ByteBuffer in = payload.slice().order(ByteOrder.LITTLE_ENDIAN);
    return new SessionKey(in.getLong(), in.getLong());
  }
}
