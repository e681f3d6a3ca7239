package io.bowline.raft.grpc;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;

/** What is alive in this process: objects of ours by class, threads, open files. */
final class LivingObjects {
  private static final Splitter COLUMNS = Splitter.on(CharMatcher.whitespace()).omitEmptyStrings();

  private LivingObjects() {}

  /** How many objects of each of these classes are reachable; those without one are left out. */
  static Map<String, Long> of(List<String> simpleNames) {
    String histogram;
    try {
      histogram =
          (String)
              ManagementFactory.getPlatformMBeanServer()
                  .invoke(
                      new ObjectName("com.sun.management:type=DiagnosticCommand"),
                      "gcClassHistogram",
                      new Object[] {new String[0]},
                      new String[] {String[].class.getName()});
    } catch (JMException e) {
      throw new AssertionError(e);
    }
    Map<String, Long> counts = new TreeMap<>();
    for (String line : histogram.lines().toList()) {
      List<String> columns = COLUMNS.splitToList(line); // number: instances bytes class (module)
      if (columns.size() >= 4 && columns.get(3).startsWith("io.bowline.raft.")) {
        String name = columns.get(3).substring(columns.get(3).lastIndexOf('.') + 1);
        if (simpleNames.contains(name)) {
          counts.merge(name, Long.parseLong(columns.get(1)), Long::sum);
        }
      }
    }
    return counts;
  }

  static int threads() {
    return Thread.getAllStackTraces().size();
  }

  /** Open files under that directory. */
  static long filesUnder(Path directory) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(file -> target(file).startsWith(directory.toString())).count();
    }
  }

  /** Open files of any kind. */
  static long files() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  private static String target(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }
}
