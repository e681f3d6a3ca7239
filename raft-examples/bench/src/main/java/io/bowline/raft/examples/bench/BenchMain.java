package io.bowline.raft.examples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A process for each node on loopback with real disks, and the limits of this machine beside them.
 */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    subcommands = {Restart.class, Overload.class},
    description = "Measures a cluster of processes on this machine.")
final class BenchMain implements Callable<Integer> {
  @Option(names = "--directory", defaultValue = "target/bench", description = "Data and results.")
  Path directory = Path.of("target", "bench");

  @Option(names = "--nodes", defaultValue = "3", description = "Servers.")
  int nodes;

  @Option(names = "--payloads", split = ",", defaultValue = "32,1024,16384")
  List<Integer> payloads = List.of();

  @Option(names = "--outstanding", split = ",", defaultValue = "1,64,1024")
  List<Integer> outstanding = List.of();

  @Option(names = "--seconds", defaultValue = "5", description = "Of each window.")
  double seconds;

  @Option(names = "--warmup", defaultValue = "3", description = "Seconds before each window.")
  double warmup;

  @Option(names = "--prewarm", defaultValue = "10", description = "Seconds of each new cluster.")
  double prewarm;

  @Option(names = "--failovers", defaultValue = "5", description = "How often a leader is killed.")
  int failovers;

  @Option(names = "--jvm", split = " ", defaultValue = "-Xmx1g", description = "The servers'.")
  List<String> jvm = List.of();

  public static void main(String[] args) {
    // the build hands all over as one argument
    List<String> words = new ArrayList<>();
    for (String arg : args) {
      for (String word : arg.split(" ", -1)) {
        if (!word.isEmpty()) {
          words.add(word);
        }
      }
    }
    System.exit(new CommandLine(new BenchMain()).execute(words.toArray(new String[0])));
  }

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(directory);
    String fileSystem = Machine.fileSystem(directory);
    System.out.printf(
        "%s; Java %s, %d processors%n",
        fileSystem, Runtime.version(), Runtime.getRuntime().availableProcessors());
    List<Row> measured = new ArrayList<>();
    List<Row> rows;
    long forces = 0;
    FailOver.Result gaps;
    try (ProgressBar bar = progress()) {
      for (int payload : payloads) {
        forces += measure(payload, measured, bar);
      }
      gaps = failOver(bar);
      rows = withLimits(measured, bar);
    }
    print(rows, gaps);
    Path results = directory.resolve("results.jsonl");
    write(results, fileSystem, rows, gaps);
    System.out.printf(
        Locale.ROOT, "%,d fdatasyncs by the servers; %s; %s%n", forces, fileSystem, results);
    return 0;
  }

  private static void print(List<Row> rows, FailOver.Result gaps) {
    System.out.println(Row.HEADER);
    rows.forEach(row -> System.out.println(row.markdown()));
    System.out.println(Garbage.HEADER);
    rows.forEach(row -> System.out.println(row.garbage().markdown(row.cell())));
    System.out.println(gaps.sentence());
  }

  private static void write(Path results, String fileSystem, List<Row> rows, FailOver.Result gaps)
      throws IOException {
    List<String> lines = new ArrayList<>();
    rows.forEach(row -> lines.add(row.json().put("file_system", fileSystem).toString()));
    lines.add(gaps.json().toString());
    Files.write(results, lines);
  }

  /** All cells of one payload on a fresh cluster; its fdatasyncs. */
  private long measure(int payload, List<Row> rows, ProgressBar bar) throws IOException {
    bar.setExtraMessage(payload + " B");
    try (BenchCluster cluster = new BenchCluster(directory.resolve("cells"), nodes, jvm)) {
      Meter meter = new Meter(cluster, warmup, seconds, bar::stepBy);
      meter.prewarm(prewarm);
      for (int n : outstanding) {
        rows.add(meter.measure(new Cell(Cell.Op.WRITE, payload, n)));
      }
      if (payload == payloads.get(0)) {
        for (int n : outstanding) {
          rows.add(meter.measure(new Cell(Cell.Op.READ, 0, n)));
        }
      }
      return cluster.allForces();
    }
  }

  /** What disk and gRPC allow each row, measured with no cluster beside them, as warm as it was. */
  private List<Row> withLimits(List<Row> rows, ProgressBar bar) throws IOException {
    bar.setExtraMessage("limits");
    List<Row> judged = new ArrayList<>();
    try (EchoLimit echo = new EchoLimit(directory.resolve("echo.log"))) {
      echo.prewarm(prewarm);
      for (Row row : rows) {
        int bytes = Math.max(8, row.cell().payloadBytes());
        int n = row.cell().outstanding();
        judged.add(
            row.within(
                DiskLimit.entriesPerSecond(directory, bytes, n, 1),
                echo.payloadsPerSecond(bytes, n, Math.min(2, seconds))));
      }
    }
    return judged;
  }

  private FailOver.Result failOver(ProgressBar bar) throws IOException {
    if (failovers <= 0) {
      return new FailOver.Result(List.of(), List.of(0L, 0L, 0L));
    }
    bar.setExtraMessage("fail-over");
    try (BenchCluster cluster = new BenchCluster(directory.resolve("failover"), nodes, jvm)) {
      new Meter(cluster, warmup, seconds, bar::stepBy).prewarm(prewarm);
      return new FailOver(cluster).run(failovers);
    }
  }

  private ProgressBar progress() {
    int cells = (payloads.size() + 1) * outstanding.size();
    double total = cells * (warmup + seconds) + (payloads.size() + 1) * prewarm;
    return new ProgressBarBuilder()
        .setTaskName("bench")
        .setInitialMax((long) (total * 1000))
        .setUnit(" s", 1000)
        .setUpdateIntervalMillis(500)
        .setMaxRenderedLength(100)
        .setStyle(ProgressBarStyle.ASCII)
        .build();
  }
}
