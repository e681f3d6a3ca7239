package io.bowline.raft.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Collects what is wrong with a configuration, so that all of it is said at once. Each problem
 * names the field, its value and the allowed range.
 */
public final class Problems {
  private final String subject;
  private final List<String> found = new ArrayList<>();

  /** Of what: {@code RaftConfig}. */
  public Problems(String subject) {
    this.subject = subject;
  }

  /** Notes a problem unless the condition holds; nothing is formatted while it does. */
  public void unless(boolean holds, String format, @Nullable Object... values) {
    if (!holds) {
      found.add(String.format(Locale.ROOT, format, values));
    }
  }

  /** A number of something, both bounds allowed. */
  public void within(String field, long value, long min, long max) {
    unless(value >= min && value <= max, "%s=%d is not within %d to %d", field, value, min, max);
  }

  /** A time, both bounds allowed. */
  public void within(String field, Duration value, Duration min, Duration max) {
    unless(
        value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
        "%s=%s is not within %s to %s",
        field,
        value,
        min,
        max);
  }

  /** What has no default and was not given. */
  public void given(String field, @Nullable Object value, String wayOut) {
    unless(value != null, "%s=null is not set: %s", field, wayOut);
  }

  /** Whether nothing is wrong so far. */
  public boolean none() {
    return found.isEmpty();
  }

  /** Throws {@link ConfigException} with every problem noted, in the order found. */
  public void throwIfAny() {
    if (!found.isEmpty()) {
      throw new ConfigException(subject, found);
    }
  }
}
