package io.bowline.raft.testkit.junit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/testing/conformance.md shows is compiled, and what it lists is there. */
class ConformanceDocTest {
  private static final Path ROOT = Path.of("..");
  private static final Path DOC = ROOT.resolve("docs/testing/conformance.md");
  private static final Pattern TEST_OF_A_RULE =
      Pattern.compile("\\| `(\\w+)` \\|$", Pattern.MULTILINE);

  @Test
  void theDocShowsTheTestsAsTheyAreCompiled() throws IOException {
    String doc = Files.readString(DOC);

    assertThat(doc)
        .contains(
            block("raft-testkit", "testkit/junit/conformance/SegmentedStorageConformanceTest"))
        .contains(block("raft-grpc-transport", "grpc/GrpcTransportConformanceTest"));
  }

  private static String block(String module, String test) throws IOException {
    Path source = ROOT.resolve(module).resolve("src/test/java/io/bowline/raft/" + test + ".java");
    return "```java\n" + Files.readString(source) + "```";
  }

  @Test
  void theDocListsEachRule() throws IOException {
    Set<String> listed = new TreeSet<>();
    Matcher rows = TEST_OF_A_RULE.matcher(Files.readString(DOC));
    while (rows.find()) {
      listed.add(rows.group(1));
    }

    Set<String> rules = new TreeSet<>(KitRun.testsOf(StorageConformance.class));
    rules.addAll(KitRun.testsOf(TransportConformance.class));
    assertThat(listed).isEqualTo(rules);
  }
}
