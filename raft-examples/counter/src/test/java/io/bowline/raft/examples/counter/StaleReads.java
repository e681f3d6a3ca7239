package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.ClientReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One writer adds to a counter through the cluster, and reads of it go to one node only: a read
 * that is served must not return less than what was acknowledged before it was asked.
 */
final class StaleReads implements AutoCloseable {
  static final String COUNTER = "fresh";
  private static final long EVERY_MILLIS = 5;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** A read that was served. */
  record Served(long askedNanos, long acknowledgedBefore, long value) {}

  private final DirectLine line;
  private final AtomicLong acknowledged;
  private final CounterHistory history;
  private final int client;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final ConcurrentLinkedQueue<Served> served = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<CompletableFuture<?>> open = new ConcurrentLinkedQueue<>();

  /** {@code acknowledged} is kept at the highest value that the writer was told. */
  StaleReads(String address, AtomicLong acknowledged, CounterHistory history) throws Exception {
    this.line = DirectLine.to(address, ChaosCluster.PATIENCE);
    this.acknowledged = acknowledged;
    this.history = history;
    this.client = history.client();
    var unused = timer.scheduleAtFixedRate(this::read, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void read() {
    long asked = System.nanoTime();
    long before = acknowledged.get();
    CounterHistory.Asked read = history.gets(client, COUNTER);
    CompletableFuture<ClientReply> answer = line.query(COUNTER, TIMEOUT);
    read.endedBy(answer);
    open.add(
        answer.thenAccept(
            reply -> {
              if (reply instanceof ClientReply.Done done) {
                served.add(new Served(asked, before, DirectLine.value(done)));
              }
            }));
  }

  /** Reads no more, waits for the last answers; every read that was served. */
  List<Served> stop() throws Exception {
    timer.shutdown();
    assertThat(timer.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
    CompletableFuture.allOf(open.toArray(CompletableFuture[]::new))
        .get(TIMEOUT.plusSeconds(5).toMillis(), TimeUnit.MILLISECONDS);
    return new ArrayList<>(served);
  }

  static void assertFresh(List<Served> reads) {
    assertThat(reads)
        .allSatisfy(
            read -> assertThat(read.value()).isGreaterThanOrEqualTo(read.acknowledgedBefore()));
  }

  @Override
  public void close() {
    timer.shutdownNow();
    line.close();
  }
}
