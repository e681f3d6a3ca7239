package io.bowline.raft.examples.bench;

import java.util.Locale;

/** One flat JSON object, in the order of the calls. */
final class Json {
  private final StringBuilder text = new StringBuilder("{");

  Json put(String name, String value) {
    return raw(name, '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
  }

  Json put(String name, long value) {
    return raw(name, Long.toString(value));
  }

  Json put(String name, double value) {
    return raw(name, String.format(Locale.ROOT, "%.3f", value));
  }

  private Json raw(String name, String value) {
    text.append(text.length() == 1 ? "" : ", ").append('"').append(name).append("\": ");
    text.append(value);
    return this;
  }

  @Override
  public String toString() {
    return text + "}";
  }
}
