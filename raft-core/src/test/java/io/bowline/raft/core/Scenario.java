package io.bowline.raft.core;

import io.bowline.raft.model.RecordText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A scenario file. {@code =} says where it begins ({@link ScenarioSetup}), {@code +} moves the
 * clock, {@code <} goes in, {@code >} must come out and nothing else, {@code ?} is what the status
 * must then say, {@code !} names the invariant that must break. Times, and numbers of writes, count
 * from the beginning. {@code #} at a line's start or behind a space is a comment.
 */
final class Scenario {
  private final List<String> lines;
  private final List<String> rewritten = new ArrayList<>();
  private final List<Object> inputs = new ArrayList<>();
  private final List<Effect> outputs = new ArrayList<>();
  private final List<String> differences = new ArrayList<>();

  Scenario(List<String> lines) {
    this.lines = lines;
  }

  /** All that went in: messages, and inputs that are none. */
  List<Object> inputs() {
    return inputs;
  }

  /** All that had to come out. */
  List<Effect> outputs() {
    return outputs;
  }

  /** What differed, a sentence each. */
  List<String> differences() {
    return differences;
  }

  /** The file with what really came out. */
  List<String> rewritten() {
    return rewritten;
  }

  void run() {
    @Nullable ScenarioWorld world = null;
    for (int i = 0; i < lines.size(); i++) {
      String line = withoutComment(lines.get(i));
      rewritten.add(lines.get(i));
      if (line.startsWith("=")) {
        world = ScenarioSetup.world(line.substring(1).strip());
      } else if (line.startsWith("+")) {
        begun(world).advance(ScenarioWorld.nanos(line.substring(1).strip()));
      } else if (line.startsWith("?")) {
        check(i, begun(world), line.substring(1).strip());
      } else if (line.startsWith("<")) {
        i = step(i, begun(world), line.substring(1).strip());
      } else if (!line.isBlank()) {
        throw new IllegalArgumentException("line " + (i + 1) + " makes no sense: " + line);
      }
    }
  }

  private static ScenarioWorld begun(@Nullable ScenarioWorld world) {
    if (world == null) {
      throw new IllegalArgumentException("no line with = comes first");
    }
    return world;
  }

  private static String withoutComment(String line) {
    if (line.startsWith("#")) {
      return "";
    }
    int comment = line.indexOf(" #");
    return (comment < 0 ? line : line.substring(0, comment)).strip();
  }

  /** One input with the lines that must come out; gives the last line that it used. */
  private int step(int at, ScenarioWorld world, String text) {
    Input input = world.input(text);
    inputs.add(input instanceof Input.Receive in ? in.message() : input);
    List<String> expected = new ArrayList<>();
    int last = at;
    while (last + 1 < lines.size() && isExpectation(lines.get(last + 1))) {
      expected.add(withoutComment(lines.get(++last)).strip());
    }
    if (expected.isEmpty()) {
      throw new IllegalArgumentException(
          "line " + (at + 1) + ": what must come out? If nothing: > nothing");
    }
    List<String> actual = actual(world, input);
    List<String> wanted = expected.stream().map(line -> normal(world, line)).toList();
    if (actual.equals(wanted)) {
      rewritten.addAll(lines.subList(at + 1, last + 1));
    } else {
      rewritten.addAll(actual);
      differences.add(
          "line "
              + (at + 1)
              + ": "
              + text
              + "\n  must give\n    "
              + String.join("\n    ", wanted)
              + "\n  but gives\n    "
              + String.join("\n    ", actual));
    }
    return last;
  }

  private static boolean isExpectation(String line) {
    return line.startsWith(">") || line.startsWith("!");
  }

  private List<String> actual(ScenarioWorld world, Input input) {
    try {
      List<String> actual = new ArrayList<>();
      for (Effect effect : world.step(input)) {
        actual.add("> " + RecordText.write(world.relative(effect)));
      }
      return actual.isEmpty() ? List.of("> nothing") : actual;
    } catch (InvariantViolation e) {
      return List.of("! " + e.invariant());
    }
  }

  /** The full text of an expected line, which may leave out what is 0 or none. */
  private String normal(ScenarioWorld world, String line) {
    String text = line.substring(1).strip();
    if (line.startsWith("!") || text.equals("nothing")) {
      return line.charAt(0) + " " + text;
    }
    Effect effect = world.effect(text);
    outputs.add(effect);
    return "> " + RecordText.write(effect);
  }

  private void check(int at, ScenarioWorld world, String text) {
    String status = RecordText.write(world.status()) + " ";
    for (String part : text.contains("{") ? new String[] {text} : text.split(" ", -1)) {
      String full = ScenarioWorld.withPeers(part);
      if (!status.contains(part.contains("{") ? full : " " + full + " ")) {
        differences.add("line " + (at + 1) + ": status is not " + part + " but " + status);
      }
    }
  }
}
