package io.bowline.raft.testkit.picture;

/** An array of JSON that is put together value by value. */
final class Json {
  private final StringBuilder text = new StringBuilder("[");

  /** A value that is JSON already. */
  void value(Object json) {
    if (text.length() > 1) {
      text.append(',');
    }
    text.append(json);
  }

  /** An array within this one. */
  void row(Object... values) {
    Json row = new Json();
    for (Object value : values) {
      row.value(value);
    }
    value(row);
  }

  /** A string; it can stand in a script element, too. */
  static String text(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || c == '<' || c > '~') {
        quoted.append("\\u").append(String.format(java.util.Locale.ROOT, "%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  /** Microseconds, of ns. */
  static String micros(long nanos) {
    long rest = nanos % 1_000;
    return rest == 0 ? Long.toString(nanos / 1_000) : Double.toString(nanos / 1e3);
  }

  @Override
  public String toString() {
    return text + "]";
  }
}
