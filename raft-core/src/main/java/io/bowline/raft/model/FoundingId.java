package io.bowline.raft.model;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The first 128 bits of the SHA-256 of a founding record: one for each founding (identity 1). */
public record FoundingId(long high, long low) {
  /** Of a membership that names every incarnation. */
  public static FoundingId of(Membership founding) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(founding.encode());
      ByteBuffer bytes = ByteBuffer.wrap(digest);
      return new FoundingId(bytes.getLong(), bytes.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Reads what {@link #toString} wrote. */
  public static FoundingId parse(String text) {
    Incarnation bits = Incarnation.parse(text);
    return new FoundingId(bits.high(), bits.low());
  }

  @Override
  public String toString() {
    return new Incarnation(high, low).toString();
  }
}
