package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A seed has one hash, whatever runs it: another JVM, another JDK, another collector, no compiler,
 * identity hashes that are all alike (docs/testing/README.md, "Determinism").
 */
class DeterminismTest {
  private static final long FIRST = 0x70;

  private static List<String> here(int seeds) {
    List<String> lines = new ArrayList<>();
    for (long seed = FIRST; seed < FIRST + seeds; seed++) {
      lines.add(Hashes.line(seed));
    }
    return lines;
  }

  private static List<String> elsewhere(Path javaHome, int seeds, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(javaHome.resolve("bin").resolve("java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Hashes.class.getName(), String.valueOf(FIRST), String.valueOf(seeds)));
    Path printed = Files.createTempFile("hashes", ".txt");
    int code =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start()
            .waitFor();
    List<String> lines = Files.readAllLines(printed, StandardCharsets.UTF_8);
    Files.delete(printed);
    assertThat(code).as("%s printed %s", command, lines).isZero();
    return lines.stream().filter(line -> line.startsWith("HASH")).toList();
  }

  private static Path thisJava() {
    return Path.of(System.getProperty("java.home"));
  }

  /** The other JDK: 25 beside 17, or the one that the property names. */
  private static Path otherJava() {
    String given = System.getProperty("bowline.otherJava");
    Path other = Path.of(given == null ? "/usr/lib/jvm/temurin-25-jdk-amd64" : given);
    assumeTrue(
        Files.isExecutable(other.resolve("bin").resolve("java")),
        "there is no second JDK at " + other + "; -Dbowline.otherJava=DIR names another");
    return other;
  }

  @Test
  void aFreshJvmWithAlikeIdentityHashesGivesTheSameHashes() throws Exception {
    assertThat(elsewhere(thisJava(), 2, "-XX:+UnlockExperimentalVMOptions", "-XX:hashCode=2"))
        .isEqualTo(here(2));
  }

  @Test
  void anotherJdkWithAnotherCollectorGivesTheSameHashes() throws Exception {
    assertThat(elsewhere(otherJava(), 2, "-XX:+UseParallelGC")).isEqualTo(here(2));
  }

  @Test
  @Tag("long")
  void manySeedsGiveTheSameHashesWhateverRunsThem() throws Exception {
    List<String> expected = here(20);

    assertThat(elsewhere(thisJava(), 20, "-XX:+UseSerialGC")).isEqualTo(expected);
    assertThat(elsewhere(thisJava(), 20, "-XX:+UseG1GC")).isEqualTo(expected);
    assertThat(elsewhere(otherJava(), 20)).isEqualTo(expected);
    assertThat(elsewhere(thisJava(), 4, "-Xint")).isEqualTo(expected.subList(0, 4));
  }

  /** What a campaign runs over is the log that ships: nothing that keeps entries in memory only. */
  @Test
  void noStorageInMemoryIsLoaded() throws Exception {
    List<String> loaded = new ArrayList<>();
    List<String> command =
        List.of(
            thisJava().resolve("bin").resolve("java").toString(),
            "-Xlog:class+load",
            "-cp",
            System.getProperty("java.class.path"),
            Hashes.class.getName(),
            String.valueOf(FIRST),
            "1");
    Path printed = Files.createTempFile("loaded", ".txt");
    int code =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start()
            .waitFor();
    for (String line : Files.readAllLines(printed, StandardCharsets.UTF_8)) {
      if (line.contains("io.bowline.raft.storage.")) {
        loaded.add(line.replaceAll(".*io\\.bowline\\.raft\\.storage\\.", "").split(" ", 2)[0]);
      }
    }
    Files.delete(printed);

    assertThat(code).isZero();
    assertThat(loaded).contains("SegmentedLog", "OpenStorage");
    assertThat(loaded).noneMatch(name -> name.contains("Memory"));
  }
}
