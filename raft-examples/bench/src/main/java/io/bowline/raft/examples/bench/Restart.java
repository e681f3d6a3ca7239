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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long a node with a long log takes to come back, beside what its disk and CRC32C allow. */
@Command(
    name = "restart",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Fills the log of a node, ends it, and times how it comes back.")
final class Restart implements Callable<Integer> {
  private static final int WINDOW = 256;
  private static final int CHUNK = 1 << 20;
  private static final int LARGE_CHUNK = 8 << 20;
  private static final int PAGE = 4096;
  private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");

  @Option(names = "--directory", defaultValue = "target/restart", description = "Data.")
  Path directory = Path.of("target", "restart");

  @Option(names = "--mib", defaultValue = "4096", description = "Of the log.")
  int mebibytes;

  @Option(names = "--payload", defaultValue = "16384", description = "Bytes of a command.")
  int payloadBytes;

  @Override
  public Integer call() throws Exception {
    LocalCluster.wipe(directory);
    Files.createDirectories(directory);
    String fileSystem = Machine.fileSystem(directory);
    String address = "127.0.0.1:" + Ports.free(1).get(0);
    fill(address);
    double diskBefore = diskSpeed();
    boolean cold = dropCaches();
    long begin = System.nanoTime();
    try (RaftHost host = host(address);
        RaftNode<byte[], Long> node = node(host, address)) {
      double opened = secondsSince(begin);
      await(node::isLeader);
      await(() -> node.status().join().lastApplied() >= count());
      print(fileSystem, cold, opened, secondsSince(begin), diskBefore);
    }
    return 0;
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

  private void print(
      String fileSystem, boolean cold, double opened, double applied, double diskBefore)
      throws IOException {
    double mib = logBytes() / 1048576.0;
    double diskAfter = diskSpeed();
    double disk = (diskBefore + diskAfter) / 2;
    double checksum = mib / checksumSeconds();
    System.out.printf(
        Locale.ROOT,
        "%,.0f MiB of log on %s, page cache %s%n"
            + "recovered, every byte checked: %.2f s, %,.0f MiB/s%n"
            + "recovered, elected and all applied: %.2f s, %,.0f MiB/s%n"
            + "limits: disk %,.0f MiB/s read in order before, %,.0f after, CRC32C %,.0f MiB/s;"
            + " recovered at %.2f of the lower%n",
        mib,
        fileSystem,
        cold ? "dropped" : "not dropped (needs root)",
        opened,
        mib / opened,
        applied,
        mib / applied,
        diskBefore,
        diskAfter,
        checksum,
        mib / opened / Math.min(disk, checksum));
  }

  private long logBytes() throws IOException {
    long bytes = 0;
    for (Path file : logs()) {
      bytes += Files.size(file);
    }
    return bytes;
  }

  private Path[] logs() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toArray(Path[]::new);
    }
  }

  /** MiB/s, by the better of the two ways: through new pages of the cache, or past it. */
  private double diskSpeed() throws IOException {
    dropCaches();
    double cached = readSeconds(StandardOpenOption.READ);
    dropCaches();
    double past = readSeconds(StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
    return logBytes() / 1048576.0 / Math.min(cached, past);
  }

  private double readSeconds(OpenOption... how) throws IOException {
    ByteBuffer chunk =
        ByteBuffer.allocateDirect(LARGE_CHUNK + PAGE).alignedSlice(PAGE).slice(0, LARGE_CHUNK);
    long begin = System.nanoTime();
    for (Path file : logs()) {
      try (FileChannel channel = FileChannel.open(file, how)) {
        while (channel.position() < channel.size() && channel.read(chunk) > 0) {
          chunk.clear();
        }
      }
    }
    return secondsSince(begin);
  }

  /** Of as many bytes, all in memory. */
  private double checksumSeconds() throws IOException {
    CRC32C crc = new CRC32C();
    byte[] chunk = new byte[CHUNK];
    long chunks = logBytes() / CHUNK;
    long begin = System.nanoTime();
    for (long i = 0; i < chunks; i++) {
      crc.update(chunk, 0, CHUNK);
    }
    return secondsSince(begin);
  }
}
