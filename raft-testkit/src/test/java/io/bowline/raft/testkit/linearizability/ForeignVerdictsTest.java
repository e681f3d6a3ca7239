package io.bowline.raft.testkit.linearizability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The histories of other projects, from {@code -Dbowline.testdata=DIR}; by default the folder
 * {@code shared/testdata} beside the project, and skipped where that is not there.
 */
class ForeignVerdictsTest {
  private final Map<String, Boolean> stated = new TreeMap<>();
  private int right;
  private int bad;
  private String longest = "";
  private Duration longestTime = Duration.ZERO;

  @Test
  void everyHistoryOfOthersGetsTheRightVerdict() throws IOException {
    String given = System.getProperty("bowline.testdata");
    Path root = Path.of("..");
    Path folder = root.resolve(given == null ? "../shared/testdata" : given);
    folder = folder.resolve("linearizability");
    assumeTrue(given != null || Files.isDirectory(folder), "no folder ../shared/testdata");

    for (String line : Files.readAllLines(folder.resolve("VERDICTS"))) {
      String[] words = line.trim().split("\\s+", 2);
      if (words.length == 2) {
        stated.put(words[0], words[1].equals("linearizable"));
      }
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.sorted().toList();
    }
    for (Path file : files) {
      run(file);
    }

    assertThat(right).as("histories in %s", folder).isPositive();
    assertThat(stated).as("histories with a verdict and no file").isEmpty();
    System.out.printf(
        "%d histories, %d of them bad: all verdicts right, %s took longest: %d ms%n",
        right, bad, longest, longestTime.toMillis());
  }

  private void run(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(".log")) {
      Boolean expected = stated.remove(name);
      assertThat(expected).as("VERDICTS says nothing of %s", name).isNotNull();
      check(name, Models.compareAndSet("nil"), ForeignHistories.readRegisterLog(file), expected);
    } else if (name.endsWith("-ok.txt") || name.endsWith("-bad.txt")) {
      boolean expected = stated.getOrDefault(name, name.endsWith("-ok.txt"));
      stated.remove(name);
      check(name, Models.map(), ForeignHistories.readMap(file), expected);
    }
  }

  private void check(
      String name,
      Model<String, Call, String> model,
      List<Operation<Call, String>> history,
      boolean expected) {
    assertThat(history).as(name).isNotEmpty();
    long begin = System.nanoTime();
    Verdict<Call, String> verdict = new LinearizabilityChecker<>(model).check(history);
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    if (took.compareTo(longestTime) > 0) {
      longest = name;
      longestTime = took;
    }

    if (expected) {
      assertThat(verdict).as(name).isInstanceOf(Verdict.Linearizable.class);
    } else {
      assertThat(verdict).as(name).isInstanceOf(Verdict.Violated.class);
      Parts.assertNothingCanBeDropped(model, history, (Verdict.Violated<Call, String>) verdict);
      bad++;
    }
    right++;
  }
}
