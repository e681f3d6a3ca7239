package io.bowline.raft.examples.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.HdrHistogram.Histogram;

/** Takes one row of a running cluster: warm-up at the row's own load, then the window. */
final class Meter {
  private static final int WARM_OUTSTANDING = 64; // so that N = 1 is not measured on cold code
  private static final double DRAIN_SECONDS = 15;
  private static final long TICK_NANOS = 100_000_000;

  private final BenchCluster cluster;
  private final double warmupSeconds;
  private final double seconds;
  private final LongConsumer millisDone;

  Meter(BenchCluster cluster, double warmupSeconds, double seconds, LongConsumer millisDone) {
    this.cluster = cluster;
    this.warmupSeconds = warmupSeconds;
    this.seconds = seconds;
    this.millisDone = millisDone;
  }

  /** Compiles what is hot. */
  void prewarm(double prewarmSeconds) {
    ClosedLoop loop = new ClosedLoop(cluster.client, Cell.Op.WRITE, 32);
    loop.start(256);
    pass(prewarmSeconds);
    loop.drain(DRAIN_SECONDS);
  }

  /** The row, without limits yet. */
  Row measure(Cell cell) throws IOException {
    warm(cell);
    ClosedLoop loop = new ClosedLoop(cluster.client, cell.op(), cell.payloadBytes());
    loop.start(cell.outstanding());
    pass(warmupSeconds / 2);
    BenchCluster.Usage before = cluster.usage();
    long committedBefore = loop.committed.sum();
    loop.measure(true);
    long begin = System.nanoTime();
    long beginMillis = System.currentTimeMillis();
    pass(seconds);
    loop.measure(false);
    long operations = loop.committed.sum() - committedBefore;
    double elapsed = (System.nanoTime() - begin) / 1e9;
    BenchCluster.Usage used = cluster.usage().minus(before);
    Histogram latency = loop.latencies();
    if (!loop.drain(DRAIN_SECONDS)) {
      throw new IOException("calls of " + cell + " hang: look at the servers' logs");
    }
    return new Row(
        cell,
        operations / elapsed,
        new Row.Micros(
            latency.getValueAtPercentile(50) / 1e3,
            latency.getValueAtPercentile(99) / 1e3,
            latency.getValueAtPercentile(99.9) / 1e3),
        cell.op() == Cell.Op.WRITE ? (double) used.applied() / Math.max(1, used.forces()) : 0,
        used.cpuSeconds() * 1e6 / Math.max(1, operations),
        used.compilerSeconds() / elapsed,
        cluster.residentBytes(),
        (double) used.bytes() / Math.max(1, operations),
        (double) used.zeros() / Math.max(1, operations),
        List.of(loop.committed.sum(), loop.notCommitted.sum(), loop.unknown.sum()),
        0,
        0,
        Garbage.of(
            used.allocated().dividedBy(operations),
            cluster.pauses(beginMillis, beginMillis + (long) (elapsed * 1e3))));
  }

  private void warm(Cell cell) {
    ClosedLoop loop = new ClosedLoop(cluster.client, cell.op(), cell.payloadBytes());
    loop.start(Math.max(WARM_OUTSTANDING, cell.outstanding()));
    pass(warmupSeconds / 2);
    loop.drain(DRAIN_SECONDS);
  }

  private void pass(double span) {
    long end = System.nanoTime() + (long) (span * 1e9);
    long last = System.nanoTime();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(Math.min(TICK_NANOS, Math.max(1, end - System.nanoTime())));
      long now = System.nanoTime();
      millisDone.accept((now - last) / 1_000_000);
      last = now;
    }
  }
}
