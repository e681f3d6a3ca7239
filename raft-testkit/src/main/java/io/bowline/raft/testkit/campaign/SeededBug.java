package io.bowline.raft.testkit.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A bug that is put into a copy of the sources, to see how soon a campaign finds it. It is data: no
 * branch and no flag of shipped code.
 *
 * @param id short, unique in its catalogue
 * @param title what the code does with it
 * @param breaks the rule that it breaks, with its source
 * @param checks that may find it
 * @param edits what to change, in one file or several
 */
public record SeededBug(
    String id, String title, String breaks, List<String> checks, List<Edit> edits) {

  /**
   * One change.
   *
   * @param file relative to the project's root, with slashes
   * @param find the text that must occur there exactly once
   * @param put what stands there instead
   */
  public record Edit(String file, String find, String put) {}

  /**
   * Applies all edits to copies of the files.
   *
   * @param root of the project
   * @return the changed files' texts, by their path below the root
   * @throws SeededBugException if an edit does not apply exactly once: it is to be repaired with
   *     the change that broke it
   * @throws IOException if a file cannot be read
   */
  public SortedMap<String, String> apply(Path root) throws IOException {
    SortedMap<String, String> texts = new TreeMap<>();
    for (Edit edit : edits) {
      String text = texts.get(edit.file());
      if (text == null) {
        Path file = root.resolve(edit.file());
        if (!Files.isRegularFile(file)) {
          throw new SeededBugException(id + ": there is no file " + file);
        }
        text = Files.readString(file);
      }
      int at = text.indexOf(edit.find());
      if (at < 0 || text.indexOf(edit.find(), at + 1) >= 0) {
        throw new SeededBugException(
            id
                + ": its text "
                + (at < 0 ? "does not occur" : "occurs more than once")
                + " in "
                + edit.file()
                + ": "
                + edit.find().strip());
      }
      texts.put(
          edit.file(),
          text.substring(0, at) + edit.put() + text.substring(at + edit.find().length()));
    }
    return texts;
  }

  /** The module that it touches: the first part of its files' paths. */
  public String module() {
    String file = edits.get(0).file();
    return file.substring(0, file.indexOf('/'));
  }
}
