package io.bowline.raft.examples.counter;

import io.bowline.raft.client.RaftClient;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.examples.lab.AckTimes;
import io.bowline.raft.model.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A small write each 10 ms, whatever becomes of those before: shows when a cluster serves. */
final class Probes implements AutoCloseable {
  static final String COUNTER = "probe";
  private static final long EVERY_MILLIS = 10;

  private final CounterHistory history;
  private final int number;
  private final RaftClient<Command, List<Count>> client;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  final AckTimes acks = new AckTimes();

  Probes(List<String> addresses, CounterHistory history) {
    this.history = history;
    this.number = history.client();
    client = Increments.client(addresses, Duration.ofSeconds(15));
    var unused = timer.scheduleAtFixedRate(this::probe, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void probe() {
    CounterHistory.Asked asked = history.adds(number, COUNTER, 1);
    var unused =
        client
            .submit(new Command(COUNTER, 1))
            .whenComplete(
                (outcome, failure) -> {
                  if (outcome != null) {
                    asked.ended(outcome);
                  }
                  if (outcome instanceof Outcome.Committed) {
                    acks.add();
                  }
                });
  }

  @Override
  public void close() {
    timer.shutdownNow();
    client.close();
  }
}
