package io.bowline.raft.examples.counter;

import io.bowline.raft.client.RaftClient;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.model.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Adds one after the other to the counter that {@link StaleReads} watches. */
final class FreshWrites implements AutoCloseable {
  private final RaftClient<Command, List<Count>> client;
  private final CounterHistory history;
  private final Thread writer = new Thread(this::write, "fresh writes");
  final AtomicLong acknowledged = new AtomicLong();
  private volatile boolean running = true;

  FreshWrites(List<String> addresses, CounterHistory history) {
    this.history = history;
    client = Increments.client(addresses, Duration.ofSeconds(20));
    writer.setDaemon(true);
    writer.start();
  }

  private void write() {
    int number = history.client();
    try {
      while (running) {
        CounterHistory.Asked asked = history.adds(number, StaleReads.COUNTER, 1);
        Outcome<List<Count>> outcome = client.submitAndWait(new Command(StaleReads.COUNTER, 1));
        asked.ended(outcome);
        if (outcome instanceof Outcome.Committed<List<Count>> done) {
          acknowledged.set(done.reply().get(0).value());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    running = false;
    client.close();
  }
}
