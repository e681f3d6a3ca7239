package io.bowline.raft.testkit.linearizability;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Histories as text, a line for each call and each return, in the order of time:
 *
 * <pre>
 * 1 client 0 asks c1 add 5
 * 2 client 1 asks c1 get
 * 1 gets 5
 * </pre>
 *
 * A call without a return is one of unknown outcome; its line says all. Empty lines and lines that
 * begin with {@code #} say nothing. Times and hints are not kept, the order is.
 *
 * @param <I> what is asked
 * @param <O> what is answered
 */
public final class HistoryText<I, O> {
  private final TextForm<I> inputs;
  private final TextForm<O> outputs;

  /** Of values that stand so. */
  public HistoryText(TextForm<I> inputs, TextForm<O> outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** Of the models in this package. */
  public static HistoryText<Call, String> ofCalls() {
    return new HistoryText<>(TextForm.call(), TextForm.string());
  }

  /** A line and where it belongs: at one instant calls come first, for they overlap then. */
  private record Line(long time, boolean isReturn, String text) {}

  /** All of a history. */
  public String format(List<Operation<I, O>> history) {
    List<Line> lines = new ArrayList<>();
    int number = 0;
    for (Operation<I, O> operation : history) {
      number++;
      String asks = number + " client " + operation.client() + " asks ";
      String input = escape(inputs.format(operation.input()));
      lines.add(new Line(operation.invoked(), false, asks + input));
      O output = operation.output();
      if (output != null) {
        String gets = number + " gets " + escape(outputs.format(output));
        lines.add(new Line(operation.returned(), true, gets));
      }
    }
    lines.sort(Comparator.comparingLong(Line::time).thenComparing(Line::isReturn));
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line.text()).append('\n'));
    return text.toString();
  }

  private static String escape(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  /**
   * Reads what {@link #format} wrote.
   *
   * @return in the order of the calls
   * @throws IllegalArgumentException naming the line that says something else
   */
  public List<Operation<I, O>> parse(String text) {
    Map<String, Integer> places = new HashMap<>();
    List<Operation<I, O>> history = new ArrayList<>();
    long position = 0;
    for (String line : text.lines().toList()) {
      position++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      try {
        add(line, position, places, history);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("line " + position + ": " + e.getMessage(), e);
      }
    }
    return history;
  }

  private void add(
      String line, long position, Map<String, Integer> places, List<Operation<I, O>> history) {
    String[] words = line.split(" ", 5);
    if (words.length == 5 && words[1].equals("client") && words[3].equals("asks")) {
      if (places.put(words[0], history.size()) != null) {
        throw new IllegalArgumentException("operation " + words[0] + " is asked twice");
      }
      I input = inputs.parse(unescape(words[4]));
      history.add(Operation.unknown(Integer.parseInt(words[2]), input, position));
      return;
    }
    String[] parts = line.split(" ", 3);
    Integer place = places.get(parts[0]);
    if (parts.length < 3 || !parts[1].equals("gets") || place == null) {
      throw new IllegalArgumentException("neither a call nor the return of one: " + line);
    }
    Operation<I, O> asked = history.get(place);
    if (asked.isKnown()) {
      throw new IllegalArgumentException("operation " + parts[0] + " is answered twice");
    }
    O output = outputs.parse(unescape(parts[2]));
    history.set(
        place,
        Operation.completed(asked.client(), asked.input(), output, asked.invoked(), position));
  }

  private static String unescape(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        i++;
        char next = text.charAt(i);
        plain.append(next == 'n' ? '\n' : next == 'r' ? '\r' : next);
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
