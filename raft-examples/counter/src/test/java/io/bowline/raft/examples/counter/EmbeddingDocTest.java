package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/testing/embedding.md shows is compiled and run. */
class EmbeddingDocTest {
  private static final Path DOC = Path.of("..", "..", "docs", "testing", "embedding.md");
  private static final Path TESTS =
      Path.of("src", "test", "java", "io", "bowline", "raft", "examples", "counter");
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private static String source(String test) throws IOException {
    return Files.readString(TESTS.resolve(test + ".java"));
  }

  @Test
  void eachBlockIsATestOfThisModule() throws IOException {
    List<String> blocks =
        BLOCK.matcher(Files.readString(DOC)).results().map((MatchResult r) -> r.group(1)).toList();

    assertThat(blocks)
        .containsExactly(
            source("CountersSimTest"),
            source("CountersProperties"),
            source("ClientFaultProperties"),
            source("FaultProperty"));
  }

  @Test
  void aUsefulTestTakesTwentyFiveLines() throws IOException {
    assertThat(source("CountersSimTest").lines()).hasSizeLessThanOrEqualTo(25);
  }
}
