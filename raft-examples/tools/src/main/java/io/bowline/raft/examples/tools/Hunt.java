package io.bowline.raft.examples.tools;

import io.bowline.raft.testkit.campaign.MutantCompiler;
import io.bowline.raft.testkit.campaign.SeededBug;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a bug into a copy of its module, puts that in front of the class path of another
 * process, and has that process run default campaigns until a check sees it.
 */
final class Hunt {
  private static final double LONG_ENOUGH_SECONDS = 60;

  /** A run that takes longer than that does not end; what is more, nobody would wait for it. */
  private static final long SILENCE_SECONDS = 120;

  private static final String HANGS = "HANGS";

  private final Path root;
  private final Path work;
  private final int blocks;
  private final long limitSeconds;
  private final Consumer<String> progress;

  Hunt(Path root, Path work, int blocks, long limitSeconds, Consumer<String> progress) {
    this.root = root;
    this.work = work;
    this.blocks = blocks;
    this.limitSeconds = limitSeconds;
    this.progress = progress;
  }

  HuntResult hunt(SeededBug bug) throws IOException, InterruptedException {
    Path classes = work.resolve(bug.id());
    try {
      compile(bug, classes);
      Process process = start(classes);
      try {
        return follow(bug, process);
      } finally {
        process.destroyForcibly();
      }
    } finally {
      delete(classes);
    }
  }

  /** Shrinks what was found in the first block and draws it, in a process that has the bug. */
  void draw(SeededBug bug, HuntResult result, Path html) throws IOException, InterruptedException {
    Path classes = work.resolve(bug.id());
    try {
      compile(bug, classes);
      long seed = firstOf(1) + result.seeds().get(0) - 1;
      List<String> command = new ArrayList<>(java(classes));
      command.addAll(
          List.of(ToolsMain.class.getName(), "simulate", "--replay", Long.toString(seed)));
      command.addAll(List.of("--shrink", "--html", html.toString()));
      new ProcessBuilder(command).inheritIO().start().waitFor();
    } finally {
      delete(classes);
    }
  }

  private void compile(SeededBug bug, Path classes) throws IOException {
    try (MutantCompiler compiler = new MutantCompiler(classPath())) {
      String says = compiler.compileModule(bug, root, classes);
      if (!says.isEmpty()) {
        throw new IllegalStateException(bug.id() + " does not compile: " + says);
      }
    }
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }

  private static List<String> java(Path classes) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-cp",
        classes.toAbsolutePath() + File.pathSeparator + classPath());
  }

  private Process start(Path classes) throws IOException {
    List<String> command = new ArrayList<>(java(classes));
    command.add(HuntProbe.class.getName());
    command.add(Long.toString(limitSeconds));
    for (int block = 1; block <= blocks; block++) {
      command.add(Long.toString(firstOf(block)));
    }
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /**
   * Five blocks that share no seed, the same in each hunt, so that a table can be measured again.
   */
  private static long firstOf(int block) {
    return (long) block << 32;
  }

  private HuntResult follow(SeededBug bug, Process process) throws InterruptedException {
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    Thread reader = new Thread(() -> read(process, lines), "hunt-reader");
    reader.setDaemon(true);
    reader.start();
    String check = "";
    String message = "";
    List<Long> seeds = new ArrayList<>();
    List<Double> seconds = new ArrayList<>();
    long began = System.nanoTime();
    long runs = 0;
    while (seeds.size() < blocks) {
      String line = lines.poll(SILENCE_SECONDS, TimeUnit.SECONDS);
      if (line == null || line.isEmpty()) {
        boolean ended = line != null;
        check = check.isEmpty() ? HANGS : check;
        message = ended ? "the process ended" : "a run does not end";
        seeds.add(runs + 1);
        seconds.add((System.nanoTime() - began) / 1e9);
        break;
      }
      String[] words = line.split("\t", -1);
      runs = Long.parseLong(words[1]);
      if (words[0].equals(HuntProbe.ALIVE)) {
        progress.accept(bug.id() + " block " + (seeds.size() + 1) + ": " + runs + " seeds");
        continue;
      }
      seeds.add(runs);
      seconds.add(Double.valueOf(words[2]));
      if (words[0].equals(HuntProbe.FOUND) && check.isEmpty()) {
        check = words[3];
        message = words[4];
      }
      boolean nothing = words[0].equals(HuntProbe.NOTHING);
      if (seeds.size() == 1 && (nothing || seconds.get(0) > LONG_ENOUGH_SECONDS)) {
        break;
      }
      began = System.nanoTime();
      runs = 0;
    }
    boolean slow = seeds.size() < blocks || blocks == 1;
    return new HuntResult(bug.id(), HuntResult.editOf(bug), check, seeds, seconds, slow, message);
  }

  /** Hands on each line, and an empty one at the end. */
  private static void read(Process process, BlockingQueue<String> lines) {
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith(HuntProbe.ALIVE)
            || line.startsWith(HuntProbe.FOUND)
            || line.startsWith(HuntProbe.NOTHING)) {
          lines.add(line);
        }
      }
    } catch (IOException e) {
      // the process was ended: so is the reading of what it says
    }
    lines.add("");
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> all = Files.walk(directory)) {
        all.sorted(Comparator.reverseOrder()).forEach(Hunt::deleteOne);
      }
    }
  }

  private static void deleteOne(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is in the way of a hunt in that directory; null if nothing is. */
  static @Nullable String problem(Path root) {
    Path sources = root.resolve("raft-core/src/main/java");
    return Files.isDirectory(sources)
        ? null
        : "--root=" + root + " has no raft-core/src/main/java: name the root of a checkout";
  }
}
