package io.bowline.raft.model;

import java.util.random.RandomGenerator;

/** 128 random bits drawn when a directory is made: the same node on a new disk is another one. */
public record Incarnation(long high, long low) {
  /** Draws a new one. */
  public static Incarnation draw(RandomGenerator random) {
    return new Incarnation(random.nextLong(), random.nextLong());
  }

  /** Reads what {@link #toString} wrote. */
  public static Incarnation parse(String text) {
    if (text.length() != 32) {
      throw new IllegalArgumentException("incarnation '" + text + "' is not 32 hex digits");
    }
    return new Incarnation(
        Long.parseUnsignedLong(text, 0, 16, 16), Long.parseUnsignedLong(text, 16, 32, 16));
  }

  @Override
  public String toString() {
    return String.format(java.util.Locale.ROOT, "%016x%016x", high, low);
  }
}
