package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the README promises of this module's files is true. */
class ReadmeTest {
  private static final Path README = Path.of("..", "..", "README.md");
  private static final Path SOURCES =
      Path.of("src", "main", "java", "io", "bowline", "raft", "examples", "counter");

  @Test
  void readmeShowsTheEmbeddingAsItIsCompiled() throws IOException {
    String source = Files.readString(SOURCES.resolve("GuestBook.java"));

    assertThat(Files.readString(README)).contains("```java\n" + source + "```");
    assertThat(source.lines()).hasSizeLessThanOrEqualTo(60);
  }

  @Test
  void countersAndTheirProgramAreShort() throws IOException {
    int lines = 0;
    for (String file : List.of("Counters.java", "CounterMain.java")) {
      lines += Files.readAllLines(SOURCES.resolve(file)).size();
    }

    assertThat(lines).isLessThanOrEqualTo(120);
  }
}
