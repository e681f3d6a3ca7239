package io.bowline.raft.examples.counter;

import io.bowline.raft.client.RaftClient;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.examples.lab.AckTimes;
import io.bowline.raft.model.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Several clients add one for each word, each with some calls in flight. */
final class WordLoad implements AutoCloseable {
  private static final int CLIENTS = 4;
  private static final int IN_FLIGHT = 256;
  private static final long RETRY_MILLIS = 10;

  private final List<String> words;
  private final List<RaftClient<Command, List<Count>>> clients = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger settled = new AtomicInteger();
  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder refusals = new LongAdder();
  private final long[] sentNanos;
  private final long[] doneNanos;
  private volatile String lastProblem = "none";

  WordLoad(List<String> words, List<String> addresses) {
    this.words = words;
    this.sentNanos = new long[words.size()];
    this.doneNanos = new long[words.size()];
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(ClientCommands.client(addresses));
    }
  }

  void start() {
    for (RaftClient<Command, List<Count>> client : clients) {
      for (int i = 0; i < IN_FLIGHT; i++) {
        sendNext(client);
      }
    }
  }

  private void sendNext(RaftClient<Command, List<Count>> client) {
    int word = next.getAndIncrement();
    if (word < words.size()) {
      sentNanos[word] = System.nanoTime();
      send(client, word);
    }
  }

  private void send(RaftClient<Command, List<Count>> client, int word) {
    var unused =
        client
            .submit(new Command(words.get(word), 1))
            .whenComplete((outcome, failure) -> settle(client, word, outcome, failure));
  }

  private void settle(
      RaftClient<Command, List<Count>> client,
      int word,
      @Nullable Outcome<List<Count>> outcome,
      @Nullable Throwable failure) {
    if (outcome instanceof Outcome.Committed<List<Count>>) {
      acknowledged.increment();
      doneNanos[word] = System.nanoTime();
    } else if (outcome instanceof Outcome.NotCommitted<List<Count>> refused
        && refused.refusal().retryable()) {
      refusals.increment(); // it was certainly not counted
      CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS)
          .execute(() -> send(client, word));
      return;
    } else {
      lastProblem = failure == null ? String.valueOf(outcome) : failure.toString();
    }
    settled.incrementAndGet();
    sendNext(client);
  }

  /** How many words have come to an end. */
  int settled() {
    return settled.get();
  }

  long acknowledged() {
    return acknowledged.sum();
  }

  /** By the clients themselves, within their sessions, and by this load. */
  long retried() {
    return refusals.sum() + clients.stream().mapToLong(client -> client.stats().retries()).sum();
  }

  /** What the last call said that was neither acknowledged nor safe to repeat. */
  String lastProblem() {
    return lastProblem;
  }

  /** Acknowledgements per second, from the first call to the last answer. */
  double perSecond() {
    long first = Arrays.stream(sentNanos).min().orElse(0);
    long last = Arrays.stream(doneNanos).max().orElse(0);
    return last > first ? acknowledged() * 1e9 / (last - first) : 0;
  }

  /** That part of the calls took no longer than this. */
  Duration latency(double part) {
    long[] nanos = new long[words.size()];
    int count = 0;
    for (int word = 0; word < nanos.length; word++) {
      if (doneNanos[word] != 0) {
        nanos[count++] = doneNanos[word] - sentNanos[word];
      }
    }
    Arrays.sort(nanos, 0, count);
    return Duration.ofNanos(count == 0 ? 0 : nanos[(int) (part * (count - 1))]);
  }

  /** The longest time without an acknowledgement that ended after that instant. */
  Duration gapAfter(long instantNanos) {
    AckTimes acks = new AckTimes();
    Arrays.stream(doneNanos).filter(nanos -> nanos != 0).forEach(acks::add);
    return acks.gapAfter(instantNanos);
  }

  @Override
  public void close() {
    clients.forEach(RaftClient::close);
  }
}
