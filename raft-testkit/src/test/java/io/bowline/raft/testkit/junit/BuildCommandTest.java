package io.bowline.raft.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildCommandTest {
  @TempDir private Path root;
  private Method method;

  @BeforeEach
  void thisMethod() throws NoSuchMethodException {
    method = getClass().getDeclaredMethod("thisMethod");
  }

  private String running(Path module) {
    return BuildCommand.around(module).running(BuildCommandTest.class, method);
  }

  @Test
  void aModuleOfItsOwnNeedsNoOther() throws IOException {
    Files.createFile(root.resolve("pom.xml"));

    assertThat(running(root)).isEqualTo("mvn -q test -Dtest=BuildCommandTest#thisMethod");
  }

  @Test
  void aModuleAmongOthersIsNamedFromTheRoot() throws IOException {
    Path module = Files.createDirectories(root.resolve("apps/bank"));
    for (Path each : new Path[] {root, root.resolve("apps"), module}) {
      Files.createFile(each.resolve("pom.xml"));
    }

    assertThat(running(module))
        .isEqualTo(
            "mvn -q -pl apps/bank -am -Dsurefire.failIfNoSpecifiedTests=false test"
                + " -Dtest=BuildCommandTest#thisMethod");
  }

  @Test
  void filesAreNamedFromTheRootToo() throws IOException {
    Path module = Files.createDirectories(root.resolve("bank"));
    Files.createFile(root.resolve("pom.xml"));
    Files.createFile(module.resolve("pom.xml"));
    Path picture = Path.of("target", "sim", "5.html");

    assertThat(BuildCommand.around(module).shown(picture))
        .isEqualTo(Path.of("bank").resolve(picture));
    assertThat(BuildCommand.around(root).shown(picture)).isEqualTo(picture);
    assertThat(BuildCommand.around(module).shown(root.resolve("5.html")))
        .isEqualTo(root.resolve("5.html"));
  }

  @Test
  void anotherBuildIsToldWhichTestOnly() {
    assertThat(running(root)).isEqualTo("BuildCommandTest#thisMethod with");
  }
}
