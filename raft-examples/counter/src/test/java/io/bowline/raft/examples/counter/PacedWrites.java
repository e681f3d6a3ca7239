package io.bowline.raft.examples.counter;

import io.bowline.raft.client.RaftClient;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.model.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A small write each 10 ms, whatever becomes of those before, and how long each took. */
final class PacedWrites implements AutoCloseable {
  private static final long EVERY_MILLIS = 10;

  private record Write(long sentNanos, long tookNanos, boolean done) {}

  private final RaftClient<Command, List<Count>> client;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final ConcurrentLinkedQueue<Write> writes = new ConcurrentLinkedQueue<>();

  PacedWrites(List<String> addresses) {
    client = Increments.client(addresses, Duration.ofSeconds(15));
    var unused = timer.scheduleAtFixedRate(this::write, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void write() {
    long sent = System.nanoTime();
    var unused =
        client
            .submit(new Command("paced", 1))
            .whenComplete(
                (outcome, failure) ->
                    writes.add(
                        new Write(
                            sent, System.nanoTime() - sent, outcome instanceof Outcome.Committed)));
  }

  /** Of those that were sent since then and have ended. */
  Duration p99Since(long instantNanos) {
    long[] took =
        writes.stream()
            .filter(write -> write.sentNanos() - instantNanos > 0)
            .mapToLong(Write::tookNanos)
            .sorted()
            .toArray();
    return Duration.ofNanos(took[(int) (took.length * 0.99)]);
  }

  /** How many of those that were sent since then are not done. */
  long failedSince(long instantNanos) {
    return writes.stream()
        .filter(write -> write.sentNanos() - instantNanos > 0 && !write.done())
        .count();
  }

  long countSince(long instantNanos) {
    return writes.stream().filter(write -> write.sentNanos() - instantNanos > 0).count();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    client.close();
  }
}
