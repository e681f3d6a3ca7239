package io.bowline.raft.examples.bench;

import io.bowline.raft.client.RaftClient;
import io.bowline.raft.examples.lab.AckTimes;
import io.bowline.raft.model.Outcome;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps N calls outstanding: each is followed by the next from the completion of the one before. A
 * refused one waits a little before its next.
 */
final class ClosedLoop {
  private static final long RETRY_MILLIS = 10;
  private static final long HIGHEST_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final RaftClient<byte[], Long> client;
  private final Cell.Op op;
  private final byte[] payload;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Recorder latency = new Recorder(HIGHEST_NANOS, 3);
  final LongAdder committed = new LongAdder();
  final LongAdder notCommitted = new LongAdder();
  final LongAdder unknown = new LongAdder();
  private @Nullable AckTimes acks; // only where gaps are looked for: it costs a lock
  private volatile boolean running;
  private volatile boolean measuring;

  ClosedLoop(RaftClient<byte[], Long> client, Cell.Op op, int payloadBytes) {
    this.client = client;
    this.op = op;
    this.payload = new byte[payloadBytes];
    new Random(7).nextBytes(payload);
  }

  ClosedLoop recording(AckTimes times) {
    acks = times;
    return this;
  }

  void start(int outstanding) {
    running = true;
    for (int i = 0; i < outstanding; i++) {
      inFlight.incrementAndGet();
      next();
    }
  }

  /** One more call now, which nothing follows; for gaps that no slow call can hide. */
  void probe() {
    var unused = call().whenComplete((outcome, failure) -> count(outcome, System.nanoTime()));
  }

  /** No more calls; waits for those in flight. Whether all of them ended. */
  boolean drain(double seconds) {
    running = false;
    long deadline = System.nanoTime() + (long) (seconds * 1e9);
    while (inFlight.get() > 0 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
    return inFlight.get() == 0;
  }

  /** From now on latencies are kept, or no longer. */
  void measure(boolean on) {
    if (on) {
      latency.reset();
    }
    measuring = on;
  }

  /** Of what was measured, in ns. */
  Histogram latencies() {
    return latency.getIntervalHistogram();
  }

  private void next() {
    if (!running) {
      inFlight.decrementAndGet();
      return;
    }
    long begin = System.nanoTime();
    var unused = call().whenComplete((outcome, failure) -> settle(begin, outcome));
  }

  private CompletableFuture<Outcome<Long>> call() {
    return op == Cell.Op.WRITE ? client.submit(payload) : client.query(payload);
  }

  private void settle(long begin, @Nullable Outcome<Long> outcome) {
    long now = System.nanoTime();
    if (count(outcome, now)) {
      if (measuring) {
        latency.recordValue(Math.min(now - begin, HIGHEST_NANOS));
      }
      next();
    } else {
      CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS).execute(this::next);
    }
  }

  private boolean count(@Nullable Outcome<Long> outcome, long now) {
    if (outcome instanceof Outcome.Committed<Long>) {
      committed.increment();
      if (acks != null) {
        acks.add(now);
      }
      return true;
    }
    (outcome instanceof Outcome.NotCommitted<Long> ? notCommitted : unknown).increment();
    return false;
  }
}
