package io.bowline.raft.examples.tools;

import io.bowline.raft.testkit.campaign.SeededBug;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * What the hunt for one bug gave, as a line of the results file.
 *
 * @param id of the bug
 * @param edit tells this edit from an earlier one of the same id
 * @param check that saw it first; empty if it was not found
 * @param seeds needed in each block
 * @param seconds of wall time in each block
 * @param slow one block only: it took over a minute, or no more were asked for
 * @param message of the first finding
 */
record HuntResult(
    String id,
    String edit,
    String check,
    List<Long> seeds,
    List<Double> seconds,
    boolean slow,
    String message) {

  boolean found() {
    return !check.isEmpty();
  }

  long medianSeeds() {
    List<Long> sorted = new ArrayList<>(seeds);
    Collections.sort(sorted);
    return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
  }

  double medianSeconds() {
    List<Double> sorted = new ArrayList<>(seconds);
    Collections.sort(sorted);
    return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
  }

  static String editOf(SeededBug bug) {
    CRC32 crc = new CRC32();
    crc.update(bug.edits().toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return String.format(Locale.ROOT, "%08x", crc.getValue());
  }

  String line() {
    return String.join(
        "\t", id, edit, check, joined(seeds), joined(seconds), Boolean.toString(slow), message);
  }

  private static String joined(List<?> values) {
    return String.join(",", values.stream().map(String::valueOf).toList());
  }

  /** Reads {@link #line}. */
  static HuntResult parse(String line) {
    String[] parts = line.split("\t", -1);
    if (parts.length != 7) {
      throw new IllegalArgumentException("'" + line + "' is no line of a hunt's results");
    }
    return new HuntResult(
        parts[0],
        parts[1],
        parts[2],
        words(parts[3]).stream().map(Long::valueOf).toList(),
        words(parts[4]).stream().map(Double::valueOf).toList(),
        Boolean.parseBoolean(parts[5]),
        parts[6]);
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : Arrays.asList(text.split(",", -1));
  }

  static final String HEADER =
      "| bug | what the code does with it | seen by | seeds, median of the blocks | seconds |\n"
          + "|---|---|---|---|---|";

  /** A row of the table. */
  String row(String title) {
    String needed =
        found() ? String.format(Locale.ROOT, "%,d", medianSeeds()) : "not in " + medianSeeds();
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %s%s | %.1f |",
        id,
        title,
        found() ? "`" + check + "`" : "nobody",
        needed,
        slow ? " (one block)" : "",
        medianSeconds());
  }
}
