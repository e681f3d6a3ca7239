package io.bowline.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.client.RaftClientBuilder;
import io.bowline.raft.transport.TransportHandler;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * docs/testing/seams.md names every kind of code that an embedder can hand to the library, and says
 * of each what the tables of the tests say. A kind without a row fails.
 */
class SeamsPageTest {
  private static final Path ROOT = Path.of("..");
  private static final Path PAGE = ROOT.resolve("docs/testing/seams.md");
  private static final Pattern TEST =
      Pattern.compile("`([A-Z]\\w+(?:Test|Properties|Rules))(?:#(\\w+))?`");

  /** Handed in by name, not by an interface of ours: what is chained to an outcome, the log. */
  private static final List<String> WITHOUT_AN_INTERFACE = List.of("callback", "Logger");

  /**
   * What the builders take and what that gives back or hands in; not what the library hands out.
   */
  private static Set<Class<?>> seams() {
    ArrayDeque<Class<?>> next = new ArrayDeque<>();
    for (Class<?> builder :
        List.of(RaftHost.Builder.class, GroupBuilder.class, RaftClientBuilder.class)) {
      for (Method method : builder.getMethods()) {
        next.addAll(List.of(method.getParameterTypes()));
      }
    }
    next.add(StateMachine.class);
    for (Method heard : TransportHandler.class.getMethods()) { // a transport's own, handed to us
      next.addAll(List.of(heard.getParameterTypes()));
    }
    Set<Class<?>> found = new HashSet<>();
    while (!next.isEmpty()) {
      Class<?> type = next.remove();
      if (isSeam(type) && found.add(type)) {
        for (Method method : type.getMethods()) {
          next.add(method.getReturnType());
        }
      }
    }
    return found;
  }

  private static boolean isSeam(Class<?> type) {
    boolean ours = type.getPackageName().startsWith("io.bowline.raft");
    return type.isInterface()
        && !type.isSealed()
        && (ours || type == Executor.class || type == RandomGenerator.class);
  }

  private static String name(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    return outer == null
        ? type.getSimpleName()
        : outer.getSimpleName() + "." + type.getSimpleName();
  }

  private static List<String> page() throws IOException {
    return Files.readAllLines(PAGE);
  }

  /** The rows of the table whose heading begins so: the first cell, and the line. */
  private static Map<String, String> table(String heading) throws IOException {
    Map<String, String> rows = new TreeMap<>();
    boolean within = false;
    for (String line : page()) {
      within = line.startsWith("| " + heading + " |") || (within && line.startsWith("|"));
      if (within && line.startsWith("| `")) {
        String first = line.substring(3, line.indexOf('`', 3));
        assertThat(rows.put(first, line)).as("twice: %s", first).isNull();
      }
    }
    return rows;
  }

  @Test
  void everySeamHasARow() throws IOException {
    Set<String> wanted = new TreeSet<>(WITHOUT_AN_INTERFACE);
    seams().forEach(type -> wanted.add(name(type)));

    assertThat(table("seam").keySet()).containsExactlyElementsOf(wanted);
  }

  /** Each row names tests, and they are there. */
  @Test
  void theTestsThatItNamesAreThere() throws IOException {
    Map<String, String> sources = sources();
    for (Map.Entry<String, String> row : table("seam").entrySet()) {
      assertThat(named(row.getValue(), sources)).as("tests of %s", row.getKey()).isPositive();
    }
  }

  @Test
  void theTestsThatTheEdgesNameAreThere() throws IOException {
    String edges = Files.readString(ROOT.resolve("docs/testing/edges.md"));

    assertThat(named(edges, sources())).isGreaterThan(100);
    Matcher scenario = Pattern.compile("`([a-z0-9-]+\\.scenario)`").matcher(edges);
    while (scenario.find()) {
      assertThat(Path.of("src/test/resources/scenarios").resolve(scenario.group(1))).exists();
    }
  }

  /** How many tests a text names, each of which must be there. */
  private static int named(String text, Map<String, String> sources) {
    Matcher test = TEST.matcher(text);
    int named = 0;
    while (test.find()) {
      named++;
      assertThat(sources).containsKey(test.group(1));
      if (test.group(2) != null) {
        assertThat(sources.get(test.group(1)))
            .as(test.group())
            .containsPattern("(void|ArchRule) " + test.group(2) + "\\b");
      }
    }
    return named;
  }

  /** By the name of their class. */
  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (String root :
        List.of(
            "raft-core/src/test/java",
            "raft-grpc-transport/src/test/java",
            "raft-testkit/src/test/java",
            "raft-testkit/src/main/java/io/bowline/raft/testkit/junit",
            "raft-examples/counter/src/test/java")) {
      try (Stream<Path> all = Files.walk(ROOT.resolve(root))) {
        for (Path file : all.filter(path -> path.toString().endsWith(".java")).toList()) {
          String name = file.getFileName().toString().replace(".java", "");
          sources.merge(name, Files.readString(file), String::concat);
        }
      }
    }
    return sources;
  }

  private static String words(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  @Test
  void itSaysOfACallWhatItsTestSays() throws IOException {
    List<String> wanted = new ArrayList<>();
    SeamApplyTest.TABLE.forEach(
        (seam, ends) -> {
          StringBuilder line = new StringBuilder("| `" + seam + "` |");
          ends.values().forEach(end -> line.append(' ').append(words(end)).append(" |"));
          wanted.add(line.toString());
        });

    assertThat(table("on the way of a call").values()).containsExactlyInAnyOrderElementsOf(wanted);
  }

  @Test
  void itSaysOfEveryMethodWhatItsTestSays() throws IOException {
    Map<String, Set<String>> methods = new TreeMap<>();
    Map<String, String> fates = new TreeMap<>();
    SeamTest.ROWS.forEach((method, fate) -> note(methods, fates, method, words(fate)));
    SeamTransportTest.ROWS.forEach((method, fate) -> note(methods, fates, method, words(fate)));
    List<String> wanted = new ArrayList<>();
    methods.forEach(
        (seam, names) ->
            wanted.add(
                "| `" + seam + "` | " + fates.get(seam) + " | " + String.join(", ", names) + " |"));

    assertThat(table("methods of").values()).containsExactlyInAnyOrderElementsOf(wanted);
  }

  /** Methods of one seam that have one fate share a line. */
  private static void note(
      Map<String, Set<String>> methods, Map<String, String> fates, String method, String fate) {
    String seam = method.substring(0, method.indexOf('.'));
    String name = method.substring(method.indexOf('.') + 1);
    String known = fates.get(seam);
    String row = known == null || known.equals(fate) ? seam : seam + ": " + fate;
    fates.put(row, fate);
    methods.computeIfAbsent(row, any -> new TreeSet<>()).add(name);
  }
}
