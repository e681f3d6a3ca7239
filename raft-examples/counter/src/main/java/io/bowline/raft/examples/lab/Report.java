package io.bowline.raft.examples.lab;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a child says of itself: {@code name=value} pairs in one line. */
public record Report(Map<String, String> values) {
  /** Reads such a line. */
  public static Report parse(String line) {
    return of(List.of(line.trim().split(" ", -1)));
  }

  /** Reads the pairs one by one: their values may hold blanks. */
  public static Report of(List<String> pairs) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String pair : pairs) {
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
