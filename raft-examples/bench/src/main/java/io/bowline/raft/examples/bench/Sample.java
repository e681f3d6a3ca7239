package io.bowline.raft.examples.bench;

import java.util.Locale;

/**
 * One second of an overloaded node.
 *
 * @param heapBytes what the last collection left
 * @param waitingBytes of calls that the node has taken on
 */
record Sample(
    double seconds,
    long heapBytes,
    long waitingBytes,
    long waitingCalls,
    long committed,
    long refused,
    long unknown,
    String lastRefusal) {
  static final String HEADER =
      "| s | heap after GC MiB | waiting MiB | waiting calls | committed/s | refused/s | unknown/s | last refusal |\n"
          + "|---|---|---|---|---|---|---|---|";

  double heapMebibytes() {
    return heapBytes / 1048576.0;
  }

  double waitingMebibytes() {
    return waitingBytes / 1048576.0;
  }

  String row() {
    return String.format(
        Locale.ROOT,
        "| %4.0f | %6.1f | %6.1f | %,d | %,d | %,d | %,d | %s |",
        seconds,
        heapMebibytes(),
        waitingMebibytes(),
        waitingCalls,
        committed,
        refused,
        unknown,
        lastRefusal);
  }
}
