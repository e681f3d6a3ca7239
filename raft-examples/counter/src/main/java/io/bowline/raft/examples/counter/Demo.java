package io.bowline.raft.examples.counter;

import io.bowline.raft.client.RaftClient;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.examples.lab.LocalCluster;
import io.bowline.raft.examples.lab.Report;
import io.bowline.raft.model.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Three processes count words, lose their leader half-way, and lose no word. */
@picocli.CommandLine.Command(
    name = "demo",
    description = "Counts the words of files on three nodes and kills the leader half-way.")
final class Demo implements Callable<Integer> {
  private static final long MAX_BYTES = 1 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long POLL_NANOS = 20_000_000;
  private static final List<String> FAST_START =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx256m");

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = "Text files; default: this project's own, at most 1 MiB of them.")
  List<Path> files = new ArrayList<>();

  @Option(names = "--directory", defaultValue = "target/demo", description = "For data and logs.")
  Path directory = Path.of("target", "demo");

  @Override
  public Integer call() throws Exception {
    Words words =
        files.isEmpty()
            ? Words.read(Words.projectFiles(), MAX_BYTES)
            : Words.read(files, Long.MAX_VALUE);
    LocalCluster.wipe(directory);
    try (LocalCluster cluster = new LocalCluster(directory, 3, Demo::command)) {
      System.out.printf(
          "%,d words in %d files; three processes, data in %s%n",
          words.words().size(), words.files(), directory);
      cluster.startAll();
      cluster.awaitLeader(PATIENCE);
      try (WordLoad load = new WordLoad(words.words(), cluster.addresses())) {
        return run(cluster, words, load);
      }
    }
  }

  /** A node's process: this class path, this program, {@code serve}. */
  private static List<String> command(LocalCluster cluster, int number) {
    List<String> nodes = new ArrayList<>();
    for (int i = 0; i < cluster.size(); i++) {
      nodes.add(cluster.name(i) + "=" + cluster.addresses().get(i));
    }
    List<String> arguments = new ArrayList<>();
    arguments.add("serve");
    arguments.add("--child");
    if (!cluster.wasStarted(number)) {
      arguments.add("--first");
    }
    arguments.add("--nodes=" + String.join(",", nodes));
    arguments.add("--data=" + cluster.data(number));
    arguments.add(cluster.name(number));
    return LocalCluster.java(FAST_START, CounterMain.class.getName(), arguments);
  }

  private int run(LocalCluster cluster, Words words, WordLoad load) throws Exception {
    int killed;
    long killedNanos;
    try (ProgressBar bar = progress(words.words().size())) {
      load.start();
      follow(load, words.words().size() / 2, bar);
      killed = cluster.awaitLeader(PATIENCE);
      killedNanos = System.nanoTime();
      cluster.process(killed).kill();
      bar.setExtraMessage(cluster.name(killed) + " led and was killed");
      cluster.awaitLeader(PATIENCE); // before the restart, so that the others did it alone
      cluster.start(killed);
      bar.setExtraMessage(cluster.name(killed) + " is back");
      follow(load, words.words().size(), bar);
    }
    Report back = awaitEqual(cluster, killed);
    Map<String, Long> counted = countsOf(cluster);
    print(load, killedNanos, cluster.name(killed), back);
    return verdict(words, counted, load);
  }

  private static ProgressBar progress(int words) {
    return new ProgressBarBuilder()
        .setTaskName("words")
        .setInitialMax(words)
        .setUpdateIntervalMillis(250)
        .setMaxRenderedLength(100)
        .setStyle(ProgressBarStyle.ASCII)
        .build();
  }

  private static void follow(WordLoad load, int until, ProgressBar bar) {
    while (load.settled() < until) {
      bar.stepTo(load.settled());
      LockSupport.parkNanos(POLL_NANOS);
    }
    bar.stepTo(load.settled());
  }

  /** Waits until the restarted node has applied what the leader has, and holds the same counts. */
  private static Report awaitEqual(LocalCluster cluster, int restarted) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<Report> leader = cluster.report(cluster.awaitLeader(PATIENCE));
      Optional<Report> back = cluster.report(restarted);
      if (leader.isPresent() && back.isPresent() && sameState(leader.get(), back.get())) {
        return back.get();
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    throw new IOException(
        cluster.name(restarted) + " did not catch up: see " + cluster.log(restarted));
  }

  private static boolean sameState(Report a, Report b) {
    return a.number("applied") == b.number("applied")
        && a.number("applied") == a.number("commit")
        && a.text("fingerprint").equals(b.text("fingerprint"));
  }

  private static Map<String, Long> countsOf(LocalCluster cluster) throws Exception {
    try (RaftClient<Command, List<Count>> client = ClientCommands.client(cluster.addresses())) {
      Outcome<List<Count>> outcome = client.queryAndWait(new Command("", Long.MAX_VALUE));
      if (outcome instanceof Outcome.Committed<List<Count>> all) {
        Map<String, Long> counts = new HashMap<>();
        all.reply().forEach(count -> counts.put(count.name(), count.value()));
        return counts;
      }
      throw new IOException("the counts cannot be read: " + outcome);
    }
  }

  private static void print(WordLoad load, long killedNanos, String killed, Report back) {
    print("acknowledged", "%,d", load.acknowledged());
    print("retried", "%,d", load.retried());
    print("fail-over gap", "%d ms, after kill -9 of %s", ms(load.gapAfter(killedNanos)), killed);
    print("throughput", "%,.0f/s, four clients, 256 in flight each", load.perSecond());
    print("latency", "p50 %d ms, p99 %d ms", ms(load.latency(0.5)), ms(load.latency(0.99)));
    print(
        killed, "back as %s: applied %d, as the leader", back.text("role"), back.number("applied"));
  }

  private static void print(String name, String format, Object... values) {
    System.out.printf(Locale.ROOT, "%-14s " + format + "%n", prepend(name, values));
  }

  private static Object[] prepend(String name, Object... values) {
    List<Object> all = new ArrayList<>(List.of(values));
    all.add(0, name);
    return all.toArray();
  }

  private static long ms(Duration duration) {
    return duration.toMillis();
  }

  private static int verdict(Words words, Map<String, Long> counted, WordLoad load) {
    Map<String, Long> expected = words.counts();
    StringBuilder top = new StringBuilder();
    counted.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(10)
        .forEach(e -> top.append(' ').append(e.getKey()).append(' ').append(e.getValue()));
    System.out.printf("%-14s%s%n", "most frequent", top);
    if (counted.equals(expected) && load.acknowledged() == words.words().size()) {
      System.out.printf("all %,d counters agree with a local count%n", counted.size());
      return 0;
    }
    Map<String, Long> all = new HashMap<>(expected);
    all.putAll(counted);
    all.keySet().stream()
        .filter(word -> !expected.getOrDefault(word, 0L).equals(counted.getOrDefault(word, 0L)))
        .limit(20)
        .forEach(
            word ->
                System.out.printf(
                    "WRONG: %s is %s, not %s%n", word, counted.get(word), expected.get(word)));
    System.out.printf(
        "WRONG: %,d of %,d acknowledged; the last problem: %s%n",
        load.acknowledged(), words.words().size(), load.lastProblem());
    return 1;
  }
}
