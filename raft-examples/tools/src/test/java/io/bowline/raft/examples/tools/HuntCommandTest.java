package io.bowline.raft.examples.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuntCommandTest {
  private static final String ROOT = Path.of("..", "..").toString();

  @TempDir Path temp;

  /** A node that votes for whoever asks is found at once; what was found is not hunted again. */
  @Test
  void aBugIsFoundAndKept() throws IOException {
    Path results = temp.resolve("hunt.tsv");

    Output first = hunt(results);
    List<String> kept = Files.readAllLines(results);
    Output second = hunt(results);

    assertThat(first.exit()).as(first.out() + first.err()).isZero();
    assertThat(first.out()).contains("| E8 |", "1 of 1 found");
    assertThat(kept).hasSize(1);
    assertThat(second.out()).isEqualTo(first.out());
    assertThat(Files.readAllLines(results)).isEqualTo(kept);
    assertThat(temp.resolve("hunted/E8")).doesNotExist();
  }

  private static Output hunt(Path results) {
    return Output.of("hunt", "--root", ROOT, "--only", "E8", "--results", results.toString());
  }

  @Test
  void aBugThatNobodyFindsIsToldWithWhatWasTried() throws IOException {
    Path catalogue = temp.resolve("bugs");
    Files.createDirectories(catalogue);
    Files.writeString(
        catalogue.resolve("none.bugs"),
        """
        = Z1 nothing is wrong
        breaks nothing
        checks NONE
        file raft-core/src/main/java/io/bowline/raft/model/EntryId.java
        -term > other.term ||
        +other.term < term ||
        """);

    Output output =
        Output.of(
            "hunt",
            "--root=" + ROOT,
            "--catalogue=" + catalogue.toAbsolutePath(),
            "--results=" + temp.resolve("r.tsv"),
            "--limit=3");

    assertThat(output.exit()).isEqualTo(1);
    assertThat(output.out()).contains("| Z1 | nothing is wrong | nobody | not in ", "0 of 1 found");
  }

  @Test
  void wrongUsageNamesTheOptionTheValueAndTheWayOut() throws IOException {
    Path broken = temp.resolve("broken.tsv");
    Files.writeString(broken, "no result\n");

    assertWrong("--root=" + temp + " has no raft-core/src/main/java", "--root", temp.toString());
    assertWrong("--only=E999: there is no such bug", "--root", ROOT, "--only", "E999");
    assertWrong("--catalogue=none: there is no folder", "--root", ROOT, "--catalogue", "none");
    assertWrong("name another file", "--root", ROOT, "--results", broken.toString());
    assertWrong("name it by --only=ID", "--root", ROOT, "--html", "a.html");
  }

  private static void assertWrong(String expected, String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "hunt";
    System.arraycopy(args, 0, all, 1, args.length);
    Output output = Output.of(all);

    assertThat(output.exit()).as(expected).isEqualTo(2);
    assertThat(output.err()).contains(expected);
  }
}
