package io.bowline.raft.testkit.junit;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How the build around the working directory runs one test, so that the line a failure prints runs
 * as printed, from the project's root.
 *
 * @param root the outermost directory with a {@code pom.xml}; {@code null} if it is no Maven build
 * @param module the one the test runs in
 */
record BuildCommand(@Nullable Path root, Path module) {
  static BuildCommand here() {
    return around(Path.of("").toAbsolutePath());
  }

  static BuildCommand around(Path module) {
    Path root = null;
    for (Path up = module; up != null && Files.exists(up.resolve("pom.xml")); up = up.getParent()) {
      root = up;
    }
    return new BuildCommand(root, module);
  }

  /** Such as {@code mvn -q test -Dtest=BankSimTest#moneyIsKept}. */
  String running(Class<?> type, Method test) {
    String name = type.getName().substring(type.getPackageName().length()).replaceFirst("^\\.", "");
    String which = name + "#" + test.getName();
    if (root == null) {
      return which + " with";
    }
    // with -am the modules before it are visited too, and have no such test
    String where =
        root.equals(module)
            ? ""
            : "-pl "
                + root.relativize(module).toString().replace('\\', '/')
                + " -am -Dsurefire.failIfNoSpecifiedTests=false ";
    return "mvn -q " + where + "test -Dtest=" + (which.contains("$") ? "'" + which + "'" : which);
  }

  /** A file as one names it where that command is run; the test's own directory is the module's. */
  Path shown(Path file) {
    return root == null || file.isAbsolute() ? file : root.relativize(module).resolve(file);
  }
}
