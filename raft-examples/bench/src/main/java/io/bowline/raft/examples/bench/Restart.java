package io.bowline.raft.examples.bench;

import com.sun.nio.file.ExtendedOpenOption;
import io.bowline.raft.RaftException;
import io.bowline.raft.RaftHost;
import io.bowline.raft.RaftNode;
import io.bowline.raft.examples.lab.LocalCluster;
import io.bowline.raft.examples.lab.Ports;
import io.bowline.raft.grpc.GrpcTransport;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Codec;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.storage.FileDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long a node with a long log takes to come back, beside what its disk and CRC32C allow. */
@Command(
    name = "restart",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description =
        "Fills the log of a node, and times in turn its disk and how the node comes back.")
final class Restart implements Callable<Integer> {
  private static final int WINDOW = 256;
  private static final int CHUNK = 1 << 20;
  private static final int LARGE_CHUNK = 16 << 20;
  private static final int PAGE = 4096;
  private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");

  @Option(names = "--directory", defaultValue = "target/restart", description = "Data.")
  Path directory = Path.of("target", "restart");

  @Option(names = "--mib", defaultValue = "4096", description = "Of the log.")
  int mebibytes;

  @Option(names = "--payload", defaultValue = "16384", description = "Bytes of a command.")
  int payloadBytes;

  @Option(names = "--rounds", defaultValue = "5", description = "Of reading it and coming back.")
  int rounds;

  @Spec CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  /**
   * This memory, and a node's for the same purpose, is had before caches are dropped: after that
   * the machine's free memory is in small pieces, and a disk slower by up to three into those.
   */
  private final ByteBuffer largeChunk =
      ByteBuffer.allocateDirect(LARGE_CHUNK + PAGE).alignedSlice(PAGE).slice(0, LARGE_CHUNK);

  /**
   * One round, MiB/s.
   *
   * @param disk the log, read in order
   * @param recovered until the node was open
   * @param applied until everything was applied, the election among it
   */
  private record Round(double disk, double recovered, double applied) {}

  @Override
  public Integer call() throws Exception {
    if (rounds < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--rounds=" + rounds + ": at least 1");
    }
    LocalCluster.wipe(directory);
    Files.createDirectories(directory);
    scanSeconds(); // has the memory for it, see largeChunk
    String address = "127.0.0.1:" + Ports.free(1).get(0);
    fill(address);
    System.out.printf(
        Locale.ROOT,
        "%,.0f MiB of log on %s, page cache %s%n"
            + "| MiB/s | disk, in order | recovered, every byte checked | all applied |%n"
            + "|---|---|---|---|%n",
        logMebibytes(),
        Machine.fileSystem(directory),
        dropCaches() ? "dropped" : "not dropped (needs root)");
    List<Round> measured = new ArrayList<>();
    for (int i = 1; i <= rounds; i++) {
      measured.add(round(address));
      print("round " + i, measured.get(i - 1));
    }
    double checksum = logMebibytes() / checksumSeconds();
    Round median =
        new Round(
            median(measured, Round::disk),
            median(measured, Round::recovered),
            median(measured, Round::applied));
    print("median", median);
    System.out.printf(
        Locale.ROOT,
        "CRC32C: %,.0f MiB/s; recovered at %.2f of the lower%n",
        checksum,
        median.recovered / Math.min(median.disk, checksum));
    return 0;
  }

  private Round round(String address) throws Exception {
    double disk = diskSpeed();
    double mebibytes = logMebibytes();
    dropCaches();
    long begin = System.nanoTime();
    try (RaftHost host = host(address);
        RaftNode<byte[], Long> node = node(host, address)) {
      double opened = secondsSince(begin);
      await(node::isLeader);
      await(() -> node.status().join().lastApplied() >= count());
      return new Round(disk, mebibytes / opened, mebibytes / secondsSince(begin));
    }
  }

  private static void print(String name, Round round) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %,.0f | %,.0f | %,.0f |%n",
        name,
        round.disk,
        round.recovered,
        round.applied);
  }

  private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
    double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  private void fill(String address) throws Exception {
    long count = count();
    byte[] payload = new byte[payloadBytes];
    Semaphore window = new Semaphore(WINDOW);
    try (RaftHost host = host(address);
        RaftNode<byte[], Long> node = node(host, address);
        ProgressBar bar = new ProgressBar("fill", count)) {
      await(node::isLeader);
      for (long i = 0; i < count; i++) {
        window.acquire();
        CompletableFuture<?> unused =
            node.propose(payload).thenAccept(outcome -> committed(outcome, window, bar));
      }
      window.acquire(WINDOW);
    }
  }

  private long count() {
    return ((long) mebibytes << 20) / payloadBytes;
  }

  private static void committed(Outcome<Long> outcome, Semaphore window, ProgressBar bar) {
    if (!(outcome instanceof Outcome.Committed<Long>)) {
      throw new IllegalStateException("a write was not committed: " + outcome);
    }
    bar.step();
    window.release();
  }

  private static RaftHost host(String address) throws IOException, RaftException {
    return RaftHost.builder()
        .cluster(ClusterId.of("bench"))
        .node(NodeId.of("n1"))
        .transport(GrpcTransport.builder().listen(address).build())
        .open();
  }

  private RaftNode<byte[], Long> node(RaftHost host, String address) throws RaftException {
    return host.group(BenchNode.GROUP, new Tally())
        .commands(Tally.OPAQUE)
        .replies(Codec.int64())
        .directory(directory.resolve("n1"))
        .bootstrapOrResume(Membership.of(Member.voter(NodeId.of("n1"), address)));
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private static double secondsSince(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }

  /** False where this process may not: then what was written may still be in memory. */
  private static boolean dropCaches() {
    try {
      Files.writeString(DROP_CACHES, "1");
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private double logMebibytes() throws IOException {
    long bytes = 0;
    for (Path file : logs()) {
      bytes += Files.size(file);
    }
    return bytes / 1048576.0;
  }

  private Path[] logs() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toArray(Path[]::new);
    }
  }

  /**
   * MiB/s, by the best of three ways: through new pages of the cache, past it, and as a node reads,
   * which checks nothing here.
   */
  private double diskSpeed() throws IOException {
    dropCaches();
    double cached = readSeconds(StandardOpenOption.READ);
    dropCaches();
    double past = readSeconds(StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
    dropCaches();
    double scanned = scanSeconds(logs());
    return logMebibytes() / Math.min(scanned, Math.min(cached, past));
  }

  private double readSeconds(OpenOption... how) throws IOException {
    long begin = System.nanoTime();
    for (Path file : logs()) {
      try (FileChannel channel = FileChannel.open(file, how)) {
        while (channel.position() < channel.size() && channel.read(largeChunk) > 0) {
          largeChunk.clear();
        }
      }
    }
    return secondsSince(begin);
  }

  private double scanSeconds(Path... files) throws IOException {
    ByteBuffer part = largeChunk.slice(0, CHUNK);
    long begin = System.nanoTime();
    new FileDisk()
        .scan(
            List.of(files),
            (path, file) -> {
              long at = 0;
              while (at < file.size()) {
                at += file.read(part.clear(), at);
              }
            });
    return secondsSince(begin);
  }

  /** Of as many bytes, all in memory. */
  private double checksumSeconds() throws IOException {
    CRC32C crc = new CRC32C();
    byte[] chunk = new byte[CHUNK];
    long chunks = (long) logMebibytes();
    long begin = System.nanoTime();
    for (long i = 0; i < chunks; i++) {
      crc.update(chunk, 0, CHUNK);
    }
    return secondsSince(begin);
  }
}
