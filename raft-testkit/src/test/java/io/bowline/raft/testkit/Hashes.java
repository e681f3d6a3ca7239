package io.bowline.raft.testkit;

import java.util.Locale;

/**
 * Runs seeds in a JVM of its own and prints their hashes: what {@link DeterminismTest} compares.
 */
final class Hashes {
  private Hashes() {}

  /** Prints a line for each seed from the first argument on, as many as the second says. */
  public static void main(String[] args) {
    long first = Long.decode(args[0]);
    for (long seed = first; seed < first + Long.parseLong(args[1]); seed++) {
      System.out.println(line(seed));
    }
  }

  static String line(long seed) {
    RunReport report = new SimulatedRun(RunPlan.of(seed), RunObserver.NONE).run();
    return String.format(
        Locale.ROOT,
        "HASH 0x%X %016x %d events %d ns %d operations %s",
        seed,
        report.hash(),
        report.events(),
        report.simulatedNanos(),
        report.operations(),
        report.passed());
  }
}
