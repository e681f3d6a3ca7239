package io.bowline.raft.testkit.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The catalogue must not rot: each edit applies exactly once, and what it makes compiles. */
class SeededBugsTest {
  private static final Path CATALOGUE = Path.of("src", "test", "resources", "seeded-bugs");
  private static final Path ROOT = Path.of("..");

  @TempDir Path temp;

  @Test
  void theCatalogueHasAtLeastThirtyBugs() throws IOException {
    assertThat(SeededBugs.read(CATALOGUE)).hasSizeGreaterThanOrEqualTo(30);
  }

  /** Bugs that touch different files are compiled together: a compiler starts slowly. */
  @Test
  void eachBugStillAppliesOnceAndCompiles() throws IOException {
    List<Map<String, String>> batches = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (SeededBug bug : SeededBugs.read(CATALOGUE)) {
      try {
        addToFirstThatHasRoom(batches, bug.apply(ROOT));
      } catch (SeededBugException e) {
        wrong.add(e.getMessage());
      }
    }
    try (MutantCompiler compiler = new MutantCompiler(builtClasses())) {
      for (Map<String, String> batch : batches) {
        wrong.add(compiler.compile(batch, temp.resolve("" + batches.indexOf(batch))));
      }
    }

    assertThat(wrong).containsOnly("");
  }

  private static void addToFirstThatHasRoom(
      List<Map<String, String>> batches, Map<String, String> texts) {
    for (Map<String, String> batch : batches) {
      if (Collections.disjoint(batch.keySet(), texts.keySet())) {
        batch.putAll(texts);
        return;
      }
    }
    batches.add(texts);
  }

  @Test
  void whatStandsOnlyOnceIsReplacedThere() throws IOException {
    Files.createDirectories(temp.resolve("m"));
    Files.writeString(temp.resolve("m/A.java"), "one\ntwo\nthree\n");
    Files.writeString(
        temp.resolve("a.bugs"),
        """
        # made for this test
        = Z1 two is four
        breaks counting
        checks A B
        file m/A.java
        -two
        -thr
        +four
        +thr
        """);

    SeededBug bug = SeededBugs.read(temp).get(0);

    assertThat(bug.checks()).containsExactly("A", "B");
    assertThat(bug.module()).isEqualTo("m");
    assertThat(bug.apply(temp)).containsEntry("m/A.java", "one\nfour\nthree\n");
  }

  @Test
  void anEditThatDoesNotApplyOnceNamesItsFile() throws IOException {
    Files.createDirectories(temp.resolve("m"));
    Files.writeString(temp.resolve("m/A.java"), "one\none\n");
    SeededBug twice = bug("one");
    SeededBug never = bug("four");

    assertThatThrownBy(() -> twice.apply(temp))
        .isInstanceOf(SeededBugException.class)
        .hasMessageContaining("occurs more than once in m/A.java");
    assertThatThrownBy(() -> never.apply(temp)).hasMessageContaining("does not occur in m/A.java");
  }

  @Test
  void aLineThatIsNoneOfABugIsNamed() throws IOException {
    Files.writeString(temp.resolve("a.bugs"), "= Z1 none\nbraeks it\n");

    assertThatThrownBy(() -> SeededBugs.read(temp)).hasMessageContaining("a.bugs:2: 'braeks it'");
  }

  private static SeededBug bug(String find) {
    return new SeededBug(
        "Z", "", "", List.of(), List.of(new SeededBug.Edit("m/A.java", find, "two")));
  }

  /** Where this test's own classes come from, modules or not. */
  private static String builtClasses() {
    String modules = System.getProperty("jdk.module.path");
    String classes = System.getProperty("java.class.path");
    return modules == null ? classes : modules + java.io.File.pathSeparator + classes;
  }
}
