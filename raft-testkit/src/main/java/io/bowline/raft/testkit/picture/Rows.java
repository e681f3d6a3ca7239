package io.bowline.raft.testkit.picture;

import java.util.ArrayDeque;

/** Rows of one lane, the newest of them. */
final class Rows {
  private static final int MOST = 50_000;

  private final ArrayDeque<String> rows = new ArrayDeque<>();

  void add(long atNanos, Object... values) {
    Json row = new Json();
    row.value(Json.micros(atNanos));
    for (Object value : values) {
      row.value(value);
    }
    rows.add(row.toString());
    if (rows.size() > MOST) {
      rows.remove();
    }
  }

  @Override
  public String toString() {
    return "[" + String.join(",", rows) + "]";
  }
}
