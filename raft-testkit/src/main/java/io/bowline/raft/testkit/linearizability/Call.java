package io.bowline.raft.testkit.linearizability;

import java.util.List;

/**
 * What the models of this package are asked.
 *
 * @param name what to do, such as {@code read} or {@code add}
 * @param key of which register, counter, entry or list; empty if there is one only
 * @param arguments as the model says
 */
public record Call(String name, String key, List<String> arguments) {
  /** Copies the arguments. */
  public Call {
    arguments = List.copyOf(arguments);
  }

  /** A call of the only one. */
  public static Call of(String name, String... arguments) {
    return new Call(name, "", List.of(arguments));
  }

  /** A call of one of many. */
  public static Call on(String key, String name, String... arguments) {
    return new Call(name, key, List.of(arguments));
  }

  String argument(int index) {
    return arguments.get(index);
  }

  @Override
  public String toString() {
    String of = key.isEmpty() ? name : key + " " + name;
    return arguments.isEmpty() ? of : of + " " + String.join(" ", arguments);
  }
}
