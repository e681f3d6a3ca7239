package io.bowline.raft.testkit;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * The seeds that a test runs, and what a failure prints. {@code -Dseed=0x5DEE} runs that one alone
 * and writes its trace.
 */
final class Seeds {
  private final String test;

  Seeds(Class<?> test) {
    this.test = test.getSimpleName();
  }

  /** Runs the fixed range, or the one seed that was asked for, two at a time. */
  void run(long first, int count, int nodes, Consumer<SimulatedRun> afterwards) {
    String asked = System.getProperty("seed");
    LongStream seeds =
        asked == null
            ? LongStream.range(first, first + Integer.getInteger("seeds", count))
            : LongStream.of(Long.decode(asked));
    seeds.parallel().forEach(seed -> afterwards.accept(run(seed, nodes)));
  }

  private SimulatedRun run(long seed, int nodes) {
    SimulatedRun run = new SimulatedRun(RunPlan.of(seed).withNodes(nodes), RunObserver.NONE);
    try {
      run.play();
    } catch (SimulationFailure failure) {
      throw new AssertionError(message(failure, nodes), failure);
    } catch (RuntimeException | Error e) {
      throw new AssertionError(
          String.format(Locale.ROOT, "seed 0x%X ends with %s%n%s", seed, e, replayLine(seed)), e);
    }
    return run;
  }

  private String message(SimulationFailure failure, int nodes) {
    return String.format(
        Locale.ROOT,
        "%s%n%s%ntrace    raft-testkit/%s",
        failure.getMessage(),
        replayLine(failure.seed()),
        writeTrace(failure.seed(), nodes));
  }

  private String replayLine(long seed) {
    return String.format(
        Locale.ROOT, "replay   mvn -q -pl raft-testkit -am test -Dtest=%s -Dseed=0x%X", test, seed);
  }

  /** Runs it once more, for readers: the first run formats nothing. */
  private static Path writeTrace(long seed, int nodes) {
    Path file = Path.of("target", "sim", String.format(Locale.ROOT, "%X.trace", seed));
    try {
      Files.createDirectories(file.getParent());
      try (Writer text = Files.newBufferedWriter(file)) {
        new SimulatedRun(RunPlan.of(seed).withNodes(nodes), RunObserver.NONE, text).play();
        throw new AssertionError("seed " + seed + " failed once and passed when replayed");
      } catch (SimulationFailure again) {
        return file;
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
