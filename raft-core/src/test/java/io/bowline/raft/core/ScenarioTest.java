package io.bowline.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each rule of the core as text; {@code -Dscenarios=rewrite} writes what comes out instead. */
class ScenarioTest {
  static final Path FOLDER = Path.of("src/test/resources/scenarios");

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(f -> f.toString().endsWith(".scenario")).sorted().toList();
    }
  }

  @TestFactory
  Stream<DynamicTest> whatGoesInGivesWhatMustComeOut() throws IOException {
    return files().stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> run(file)));
  }

  private static void run(Path file) throws IOException {
    Scenario scenario = new Scenario(Files.readAllLines(file));
    scenario.run();
    if ("rewrite".equals(System.getProperty("scenarios"))) {
      Files.write(file, scenario.rewritten());
    } else {
      assertThat(scenario.differences()).as(file.toString()).isEmpty();
    }
  }
}
