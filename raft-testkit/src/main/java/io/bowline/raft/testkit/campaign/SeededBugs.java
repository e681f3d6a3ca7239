package io.bowline.raft.testkit.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a catalogue of seeded bugs: all files {@code *.bugs} of a folder, in the order of their
 * names. A line begins with what it is:
 *
 * <pre>
 * # a comment
 * = ID title
 * breaks  the rule that it breaks
 * checks  NAMES of checks that may find it
 * file    the file of the edit that follows
 * -what is found there, line by line, once
 * +what is put instead
 * </pre>
 */
public final class SeededBugs {
  private final Path file;
  private final List<SeededBug> bugs = new ArrayList<>();
  private String id = "";
  private String title = "";
  private String breaks = "";
  private List<String> checks = List.of();
  private List<SeededBug.Edit> edits = new ArrayList<>();
  private @Nullable String edited;
  private final List<String> find = new ArrayList<>();
  private final List<String> put = new ArrayList<>();

  private SeededBugs(Path file) {
    this.file = file;
  }

  /**
   * The bugs of a folder.
   *
   * @param folder with files {@code *.bugs}
   * @return in the order of the files' names, and in each as they stand
   * @throws SeededBugException if one is ill-formed, or two have the same id
   * @throws IOException if the folder cannot be read
   */
  public static List<SeededBug> read(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(".bugs")).sorted().toList();
    }
    List<SeededBug> bugs = new ArrayList<>();
    for (Path file : files) {
      SeededBugs reader = new SeededBugs(file);
      int number = 0;
      for (String line : Files.readAllLines(file)) {
        reader.line(line, ++number);
      }
      reader.endBug();
      bugs.addAll(reader.bugs);
    }
    Set<String> ids = new TreeSet<>();
    for (SeededBug bug : bugs) {
      if (!ids.add(bug.id())) {
        throw new SeededBugException("two bugs of " + folder + " have the id " + bug.id());
      }
    }
    return bugs;
  }

  private void line(String line, int number) {
    if (line.startsWith("-")) {
      find.add(line.substring(1));
    } else if (line.startsWith("+")) {
      put.add(line.substring(1));
    } else if (line.startsWith("= ")) {
      endBug();
      String[] words = line.substring(2).split(" ", 2);
      id = words[0];
      title = words.length > 1 ? words[1] : "";
    } else if (line.startsWith("breaks ")) {
      breaks = line.substring(7).strip();
    } else if (line.startsWith("checks ")) {
      checks = List.of(line.substring(7).strip().split(" +", -1));
    } else if (line.startsWith("file ")) {
      endEdit();
      edited = line.substring(5).strip();
    } else if (!line.isBlank() && !line.startsWith("#")) {
      throw new SeededBugException(
          file + ":" + number + ": '" + line + "' is no line of a seeded bug");
    }
  }

  private void endEdit() {
    String of = edited;
    if (of != null) {
      if (find.isEmpty()) {
        throw new SeededBugException(file + ": " + id + " has nothing to find in " + of);
      }
      edits.add(new SeededBug.Edit(of, String.join("\n", find), String.join("\n", put)));
    }
    edited = null;
    find.clear();
    put.clear();
  }

  private void endBug() {
    endEdit();
    if (!id.isEmpty()) {
      if (edits.isEmpty() || breaks.isEmpty() || checks.isEmpty()) {
        throw new SeededBugException(
            file + ": " + id + " lacks what it breaks, its checks, or an edit");
      }
      bugs.add(new SeededBug(id, title, breaks, checks, List.copyOf(edits)));
    }
    id = "";
    breaks = "";
    checks = List.of();
    edits = new ArrayList<>();
  }
}
