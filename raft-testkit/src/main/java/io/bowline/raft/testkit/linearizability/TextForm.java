package io.bowline.raft.testkit.linearizability;

import java.util.ArrayList;
import java.util.List;

/**
 * How one value stands in a line of text.
 *
 * @param <T> the value
 */
public interface TextForm<T> {
  /** The value as text; it may hold any character. */
  String format(T value);

  /**
   * The value of what {@link #format} gave.
   *
   * @throws IllegalArgumentException if it is the text of no value
   */
  T parse(String text);

  /** A string as it is. */
  static TextForm<String> string() {
    return new TextForm<>() {
      @Override
      public String format(String value) {
        return value;
      }

      @Override
      public String parse(String text) {
        return text;
      }
    };
  }

  /** By {@code toString}, for readers: it cannot be read back. */
  static <T> TextForm<T> forReaders() {
    return new TextForm<>() {
      @Override
      public String format(T value) {
        return String.valueOf(value);
      }

      @Override
      public T parse(String text) {
        throw new IllegalArgumentException("was written for readers only: " + text);
      }
    };
  }

  /** A call as its key, its name and its arguments, parted by spaces. */
  static TextForm<Call> call() {
    return new TextForm<>() {
      @Override
      public String format(Call call) {
        List<String> words = new ArrayList<>(List.of(call.key(), call.name()));
        words.addAll(call.arguments());
        return String.join(" ", words.stream().map(TextForm::word).toList());
      }

      @Override
      public Call parse(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.split(" ", -1)) {
          words.add(unword(word));
        }
        if (words.size() < 2) {
          throw new IllegalArgumentException("no call, key and name at least: " + text);
        }
        return new Call(words.get(1), words.get(0), words.subList(2, words.size()));
      }
    };
  }

  private static String word(String text) {
    return text.isEmpty() ? "\\e" : text.replace("\\", "\\\\").replace(" ", "\\s");
  }

  private static String unword(String word) {
    if (word.equals("\\e")) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == '\\' && i + 1 < word.length()) {
        i++;
        text.append(word.charAt(i) == 's' ? ' ' : word.charAt(i));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
