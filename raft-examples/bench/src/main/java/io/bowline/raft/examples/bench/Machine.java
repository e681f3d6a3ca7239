package io.bowline.raft.examples.bench;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What Linux says of processes and file systems. */
final class Machine {
  private static final double TICKS_PER_SECOND = 100; // USER_HZ is 100 on every Linux
  private static final Pattern COMPILER = Pattern.compile("\\d+ \\(C[12] Compiler");
  private static final Set<String> MEMORY_ONLY = Set.of("tmpfs", "ramfs");

  private Machine() {}

  /** User and system seconds of a process so far. */
  static double cpuSeconds(long pid) throws IOException {
    return seconds(Files.readString(Path.of("/proc/" + pid + "/stat")));
  }

  /** The part of it that a JVM's compilers took. */
  static double compilerSeconds(long pid) throws IOException {
    double sum = 0;
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      for (Path thread : threads.toList()) {
        String stat = stat(thread);
        sum += COMPILER.matcher(stat).lookingAt() ? seconds(stat) : 0;
      }
    }
    return sum;
  }

  private static String stat(Path thread) {
    try {
      return Files.readString(thread.resolve("stat"));
    } catch (IOException e) {
      return ""; // it has ended meanwhile
    }
  }

  private static double seconds(String stat) {
    // the second field, the name, may hold blanks; what follows its bracket does not
    List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
    return (Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12))) / TICKS_PER_SECOND;
  }

  /** Resident memory of a process now. */
  static long residentBytes(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    return 0;
  }

  /**
   * The file system under a directory, for the report.
   *
   * @throws IOException if it is kept in memory only: an fsync there measures nothing
   */
  static String fileSystem(Path directory) throws IOException {
    FileStore store = Files.getFileStore(directory);
    if (MEMORY_ONLY.contains(store.type())) {
      throw new IOException(
          directory
              + " is on "
              + store.type()
              + ", where an fsync does nothing: give --directory on a disk");
    }
    return store.type() + " on " + store.name();
  }
}
