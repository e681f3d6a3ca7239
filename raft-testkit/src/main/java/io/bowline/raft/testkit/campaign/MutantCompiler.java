package io.bowline.raft.testkit.campaign;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles sources that have a seeded bug, in this process. One thread. */
public final class MutantCompiler implements AutoCloseable {
  private static final String SOURCES = "/src/main/java/";

  private final JavaCompiler compiler;
  private final StandardJavaFileManager files;
  private final String classPath;

  /**
   * A compiler.
   *
   * @param classPath what the sources need
   * @throws IllegalStateException if this is a Java runtime without a compiler
   */
  public MutantCompiler(String classPath) {
    JavaCompiler found = ToolProvider.getSystemJavaCompiler();
    if (found == null) {
      throw new IllegalStateException(
          System.getProperty("java.home") + " has no compiler: run this with a JDK");
    }
    this.compiler = found;
    this.files = found.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);
    this.classPath = classPath;
  }

  /**
   * Compiles all sources of the module that the bug touches, so that nothing is left of the old
   * ones.
   *
   * @return what the compiler says if it refuses them; empty if it does not
   */
  public String compileModule(SeededBug bug, Path root, Path output) throws IOException {
    SortedMap<String, String> texts = new TreeMap<>();
    Path sources = root.resolve(bug.module() + SOURCES);
    try (Stream<Path> all = Files.walk(sources)) {
      for (Path file : all.filter(MutantCompiler::isClassSource).sorted().toList()) {
        String name = root.relativize(file).toString().replace('\\', '/');
        texts.put(name, Files.readString(file));
      }
    }
    texts.putAll(bug.apply(root));
    return compile(texts, output);
  }

  /** A module's descriptor is left out: mutants stand on a class path. */
  private static boolean isClassSource(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".java") && !name.equals("module-info.java");
  }

  /**
   * Compiles some files alone, against the classes of the others.
   *
   * @param texts by their files' names
   * @return what the compiler says if it refuses them; empty if it does not
   */
  String compile(Map<String, String> texts, Path output) throws IOException {
    Files.createDirectories(output);
    List<JavaFileObject> units = new ArrayList<>();
    texts.forEach((name, text) -> units.add(new Source(name, text)));
    List<String> options =
        List.of(
            "-d", output.toString(), "-cp", classPath, "-proc:none", "-nowarn", "--release", "17");
    StringWriter says = new StringWriter();
    boolean compiled = compiler.getTask(says, files, null, options, null, units).call();
    return compiled ? "" : says.toString();
  }

  @Override
  public void close() throws IOException {
    files.close();
  }

  /** A text that stands for a file. */
  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String name, String text) {
      super(URI.create("mem:///" + name), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }

    /** By its name alone: the compiler asks whether a public class stands in its own file. */
    @Override
    public boolean isNameCompatible(String simpleName, Kind kind) {
      return getName().endsWith("/" + simpleName + kind.extension);
    }
  }
}
