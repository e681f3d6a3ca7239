package io.bowline.raft.examples.counter;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The words of some text files, in order. */
record Words(int files, long bytes, List<String> words) {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");
  private static final Set<String> TEXT =
      Set.of("java", "md", "xml", "proto", "properties", "scenario", "yml", "txt", "sh");
  private static final Set<String> SKIPPED = Set.of("target", ".git");

  /** Reads the files as far as they stay within so many bytes together. */
  static Words read(List<Path> files, long maxBytes) throws IOException {
    List<String> words = new ArrayList<>();
    long bytes = 0;
    int read = 0;
    for (Path file : files) {
      long size = Files.size(file);
      if (bytes + size <= maxBytes) {
        bytes += size;
        read++;
        collect(file, words);
      }
    }
    return new Words(read, bytes, words);
  }

  /** The text files of the project around the working directory, in the order of their names. */
  static List<Path> projectFiles() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    for (Path up = root.getParent();
        up != null && Files.exists(up.resolve("pom.xml"));
        up = up.getParent()) {
      root = up;
    }
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Words::isText).filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** Each word's count: what the cluster must agree with. */
  Map<String, Long> counts() {
    Map<String, Long> counts = new HashMap<>();
    words.forEach(word -> counts.merge(word, 1L, Long::sum));
    return counts;
  }

  private static boolean isText(Path path) {
    for (Path part : path) {
      if (SKIPPED.contains(part.toString())) {
        return false;
      }
    }
    String name = path.toString();
    return TEXT.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  private static void collect(Path file, List<String> words) throws IOException {
    try {
      Matcher matcher = WORD.matcher(Files.readString(file));
      while (matcher.find()) {
        words.add(matcher.group().toLowerCase(Locale.ROOT));
      }
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is not text in UTF-8: leave it out", e);
    }
  }
}
