package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
    command.addAll(List.of("-cp", classPath()));
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

  /** Whatever this test sees: as a module it stands on both paths. */
  private static String classPath() {
    String modules = System.getProperty("jdk.module.path");
    String classes = System.getProperty("java.class.path");
    return modules == null ? classes : classes + File.pathSeparator + modules;
  }

  /** Another JDK that is installed beside this one, or the one that the property names. */
  private static Path otherJava() throws IOException {
    String given = System.getProperty("bowline.otherJava");
    Path beside = thisJava().toRealPath().resolveSibling("");
    Optional<Path> other = given == null ? newestBeside(beside) : Optional.of(Path.of(given));
    assumeTrue(
        other.isPresent(),
        "there is no second JDK in " + beside + "; -Dbowline.otherJava=DIR names another");
    return other.orElseThrow();
  }

  private static Optional<Path> newestBeside(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(DeterminismTest::isOtherVersion).max(Comparator.naturalOrder());
    }
  }

  private static boolean isOtherVersion(Path home) {
    try {
      return Files.isExecutable(home.resolve("bin").resolve("java"))
          && !Files.readString(home.resolve("release"))
              .contains("JAVA_VERSION=\"" + Runtime.version().feature());
    } catch (IOException e) {
      return false;
    }
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
            classPath(),
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
