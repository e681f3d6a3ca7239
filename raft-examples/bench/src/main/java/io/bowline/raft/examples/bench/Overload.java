package io.bowline.raft.examples.bench;

import io.bowline.raft.RaftConfig;
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
import io.bowline.raft.model.Refusal;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.FileDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What one node holds when something of it does a tenth of what is offered, over minutes. */
@Command(
    name = "overload",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Offers ten times what a part of a node can do; draws heap and waiting bytes.")
final class Overload implements Callable<Integer> {
  /** What is slow. */
  enum Part {
    APPLY,
    DISK,
    READER
  }

  private static final long TICK_NANOS = 5_000_000L;
  private static final int SECONDS_BETWEEN_COLLECTIONS = 5;

  @Option(names = "--directory", defaultValue = "target/overload", description = "Data, charts.")
  Path directory = Path.of("target", "overload");

  @Option(names = "--slow", defaultValue = "APPLY", description = "${COMPLETION-CANDIDATES}")
  Part slow = Part.APPLY;

  @Option(names = "--minutes", defaultValue = "10", description = "Of load.")
  double minutes;

  @Option(names = "--payload", defaultValue = "1024", description = "Bytes of a command.")
  int payloadBytes;

  @Option(names = "--capacity", defaultValue = "500", description = "Calls/s of the slow part.")
  int capacity;

  private volatile @Nullable Refusal lastRefusal;
  private long heapBytes;
  private final LongAdder committed = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder unknown = new LongAdder();

  @Override
  public Integer call() throws Exception {
    LocalCluster.wipe(directory);
    Files.createDirectories(directory);
    String address = "127.0.0.1:" + Ports.free(1).get(0);
    Waiting waiting = new Waiting();
    try (RaftHost host = host(address, waiting);
        RaftNode<byte[], Long> node = node(host, address)) {
      while (!node.isLeader()) {
        LockSupport.parkNanos(TICK_NANOS);
      }
      System.out.printf(
          "%s does %,d calls/s of %,d B, %,d/s are offered; %s%n%s%n",
          slow, capacity, payloadBytes, 10L * capacity, config(), Sample.HEADER);
      List<Sample> samples = load(node, waiting);
      OverloadChart.save(directory, slow.name(), samples);
    }
    System.out.println("charts: " + directory.toAbsolutePath());
    return 0;
  }

  private RaftHost host(String address, Waiting waiting) throws Exception {
    Disk disk = new FileDisk();
    return RaftHost.builder()
        .cluster(ClusterId.of("bench"))
        .node(NodeId.of("n1"))
        .metrics((group, node) -> waiting)
        .disk(slow == Part.DISK ? new SlowDisk(disk, (long) capacity * payloadBytes) : disk)
        .transport(GrpcTransport.builder().listen(address).build())
        .open();
  }

  private RaftNode<byte[], Long> node(RaftHost host, String address) throws Exception {
    return host.group(BenchNode.GROUP, new SlowTally(slow == Part.APPLY ? pause() : 0))
        .commands(Tally.OPAQUE)
        .replies(Codec.int64())
        .directory(directory.resolve("n1"))
        .config(config())
        .bootstrap(Membership.of(Member.voter(NodeId.of("n1"), address)));
  }

  /** A leader whose disk takes a group of writes for longer than this would step down. */
  private RaftConfig config() {
    RaftConfig.Builder defaults = RaftConfig.builder();
    return slow == Part.DISK
        ? defaults.electionTimeout(Duration.ofSeconds(20)).build()
        : defaults.build();
  }

  private long pause() {
    return 1_000_000_000L / capacity;
  }

  /** Open load: what is refused is not asked again, and nobody waits for anybody. */
  private List<Sample> load(RaftNode<byte[], Long> node, Waiting waiting) {
    byte[] payload = new byte[payloadBytes];
    List<Sample> samples = new ArrayList<>();
    long begun = System.nanoTime();
    long end = begun + (long) (minutes * 60e9);
    long offered = 0;
    long nextSample = begun + 1_000_000_000L;
    for (long now = begun; now - end < 0; now = System.nanoTime()) {
      long due = (long) ((now - begun) / 1e9 * 10 * capacity);
      for (; offered < due; offered++) {
        CompletableFuture<?> unused = node.propose(payload).thenAccept(this::ended);
      }
      if (now - nextSample >= 0) {
        nextSample += 1_000_000_000L;
        if (samples.size() % SECONDS_BETWEEN_COLLECTIONS == 0) {
          heapBytes = Garbage.liveHeapBytes();
        }
        samples.add(sample((now - begun) / 1e9, waiting));
        if (samples.size() % 10 == 0) {
          System.out.println(samples.get(samples.size() - 1).row());
        }
      }
      LockSupport.parkNanos(TICK_NANOS);
    }
    return samples;
  }

  private void ended(Outcome<Long> outcome) {
    if (outcome instanceof Outcome.NotCommitted<Long> not) {
      refused.increment();
      lastRefusal = not.refusal();
      return;
    }
    (outcome instanceof Outcome.Committed ? committed : unknown).increment();
    if (slow == Part.READER) {
      LockSupport.parkNanos(pause());
    }
  }

  private Sample sample(double seconds, Waiting waiting) {
    return new Sample(
        seconds,
        heapBytes,
        waiting.bytes(),
        waiting.proposals(),
        committed.sumThenReset(),
        refused.sumThenReset(),
        unknown.sumThenReset(),
        String.valueOf(lastRefusal));
  }
}
