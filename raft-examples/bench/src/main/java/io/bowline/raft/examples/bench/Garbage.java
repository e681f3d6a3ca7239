package io.bowline.raft.examples.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * What a window left to the collectors.
 *
 * @param perOp allocated for one operation
 * @param pauses of the servers' collectors
 * @param p99Millis of their lengths
 * @param worst the longest, and what the scheduler gave it
 */
record Garbage(Allocated perOp, int pauses, double p99Millis, Pause worst) {
  /**
   * Bytes.
   *
   * @param followers all of them together
   */
  record Allocated(double client, double leader, double followers) {
    Allocated minus(Allocated before) {
      return new Allocated(
          client - before.client, leader - before.leader, followers - before.followers);
    }

    Allocated dividedBy(long operations) {
      double each = Math.max(1, operations);
      return new Allocated(client / each, leader / each, followers / each);
    }

    double all() {
      return client + leader + followers;
    }
  }

  /** One stop of a server; its CPU seconds come in steps of 10 ms. */
  record Pause(double millis, double cpuSeconds) {
    private static final Pause NONE = new Pause(0, 0);
  }

  static final String HEADER =
      "| operation    |  N   | bytes allocated/op | client | leader | followers | GC pauses | p99 ms | worst ms | CPU s of the worst |\n"
          + "|---|---|---|---|---|---|---|---|---|---|";

  private static final Pattern PAUSE =
      Pattern.compile("\\[(\\d+)ms\\] GC\\((\\d+)\\) Pause .* ([\\d.]+)ms");
  private static final Pattern CPU =
      Pattern.compile("GC\\((\\d+)\\) User=([\\d.]+)s Sys=([\\d.]+)s");

  /** What makes a JVM write the log that {@link #pauses} reads. */
  static String flag(Path log) {
    return "-Xlog:gc,gc+cpu:file=" + log + ":timemillis";
  }

  /** Allocated by the threads that live here. */
  static long allocatedBytes() {
    if (ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads) {
      long sum = 0;
      for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
        sum += Math.max(0, bytes);
      }
      return sum;
    }
    throw new IllegalStateException("this JVM does not count what it allocates: use HotSpot");
  }

  /** What is left in the heap by a full collection, made for this. */
  static long liveHeapBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  static Garbage of(Allocated perOp, List<Pause> pauses) {
    Histogram lengths = new Histogram(3);
    Pause worst = Pause.NONE;
    for (Pause pause : pauses) {
      lengths.recordValue(Math.round(pause.millis * 1e3));
      worst = pause.millis > worst.millis ? pause : worst;
    }
    return new Garbage(perOp, pauses.size(), lengths.getValueAtPercentile(99) / 1e3, worst);
  }

  /** The pauses of a JVM between two instants, ms since 1970. */
  static List<Pause> pauses(Path log, long from, long to) throws IOException {
    List<String> lines = Files.readAllLines(log);
    List<Pause> found = new ArrayList<>();
    for (String line : lines) {
      Matcher pause = PAUSE.matcher(line);
      if (pause.find()) {
        long at = Long.parseLong(pause.group(1));
        if (at >= from && at < to) {
          found.add(new Pause(Double.parseDouble(pause.group(3)), cpu(lines, pause.group(2))));
        }
      }
    }
    return found;
  }

  private static double cpu(List<String> lines, String number) {
    for (String line : lines) {
      Matcher cpu = CPU.matcher(line);
      if (cpu.find() && cpu.group(1).equals(number)) {
        return Double.parseDouble(cpu.group(2)) + Double.parseDouble(cpu.group(3));
      }
    }
    return 0;
  }

  String markdown(Cell cell) {
    return String.format(
        Locale.ROOT,
        "| %-12s | %4d | %18.0f | %6.0f | %6.0f | %9.0f | %9d | %6.2f | %8.2f | %18.2f |",
        cell.name(),
        cell.outstanding(),
        perOp.all(),
        perOp.client,
        perOp.leader,
        perOp.followers,
        pauses,
        p99Millis,
        worst.millis,
        worst.cpuSeconds);
  }
}
