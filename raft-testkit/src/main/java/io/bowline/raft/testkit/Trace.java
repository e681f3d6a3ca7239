package io.bowline.raft.testkit;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The rolling 64-bit hash of everything that happened: time, slot, kind and payload of each event,
 * and how many random numbers decided its place. Text is written only if somebody asked for it.
 */
public final class Trace {
  private long hash = 1;
  private long events;
  private final @Nullable Appendable text;

  Trace(@Nullable Appendable text) {
    this.text = text;
  }

  /** Equal for two runs of one seed, and practically never for others. */
  public long hash() {
    return hash;
  }

  /** How many events happened. */
  public long events() {
    return events;
  }

  /** Whether somebody reads the lines: formatting is for them only. */
  boolean isWritten() {
    return text != null;
  }

  void event(Event event) {
    events++;
    add(event.time());
    add(((long) event.slot() << 8) | event.kind().code());
    add(event.fingerprint());
    if (text != null) {
      line(event.time(), event.slot(), event.kind() + " " + event.describe());
    }
  }

  /** Covers one more value. */
  void add(long value) {
    hash = Prng.mix(hash * 31 + value);
  }

  /** A line of the written trace. */
  void line(long time, int slot, String what) {
    if (text == null) {
      return;
    }
    try {
      text.append(String.format(Locale.ROOT, "%12.6f %2d %s%n", time / 1e9, slot + 1, what));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
