package io.bowline.raft.examples.lab;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a child says of itself: {@code name=value} pairs in one line. */
public record Report(Map<String, String> values) {
  /** Reads such a line. */
  public static Report parse(String line) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String pair : line.trim().split(" ", -1)) {
      int at = pair.indexOf('=');
      if (at > 0) {
        values.put(pair.substring(0, at), pair.substring(at + 1));
      }
    }
    return new Report(values);
  }

  /** That value; empty if the child did not name it. */
  public String text(String name) {
    return values.getOrDefault(name, "");
  }

  /** That value as a number; 0 if the child did not name it. */
  public long number(String name) {
    return Long.parseLong(values.getOrDefault(name, "0"));
  }

  /** Whether the node believes that it leads. */
  public boolean leads() {
    return text("role").equals("LEADER");
  }
}
