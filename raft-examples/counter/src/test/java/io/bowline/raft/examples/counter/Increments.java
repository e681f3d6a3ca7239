package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.client.RaftClient;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.examples.lab.AckTimes;
import io.bowline.raft.model.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Adds random amounts to some counters without a pause and remembers what it was told of each, so
 * that a lost or doubled one shows in the sums. A slot of it has one call in flight.
 */
final class Increments implements AutoCloseable {
  private static final int COUNTERS = 16;
  private static final long RETRY_MILLIS = 5;

  /** One call and how it ended. */
  record Call(String name, long amount, long sentNanos, long endNanos, Outcome<?> outcome) {}

  private final RaftClient<Command, List<Count>> client;
  private final Duration timeout;
  private final CounterHistory history;
  private final Random random = new Random();
  private final AtomicInteger inFlight = new AtomicInteger();
  final ConcurrentLinkedQueue<Call> calls = new ConcurrentLinkedQueue<>();
  final AckTimes acks = new AckTimes();
  private volatile boolean running;

  Increments(List<String> addresses, Duration timeout, CounterHistory history) {
    this.timeout = timeout;
    this.history = history;
    this.client = client(addresses, timeout);
  }

  static RaftClient<Command, List<Count>> client(List<String> addresses, Duration timeout) {
    return RaftClient.builder()
        .group(CounterMain.GROUP)
        .commands(Counters.COMMANDS)
        .replies(Counters.COUNTS)
        .addresses(addresses)
        .transport(ClientCommands.TRANSPORT)
        .timeout(timeout)
        .open();
  }

  Increments start(int slots) {
    running = true;
    for (int slot = 0; slot < slots; slot++) {
      inFlight.incrementAndGet();
      next(history.client());
    }
    return this;
  }

  /** No new calls; waits until each has ended, which it must within its deadline. */
  void stop() {
    running = false;
    long deadline = System.nanoTime() + timeout.plusSeconds(5).toNanos();
    while (inFlight.get() > 0 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(inFlight.get()).as("calls that hang").isZero();
  }

  private void next(int slot) {
    if (!running) {
      inFlight.decrementAndGet();
      return;
    }
    String name = "c" + random.nextInt(COUNTERS);
    long amount = 1 + (random.nextLong() >>> 24);
    CounterHistory.Asked asked = history.adds(slot, name, amount);
    long sent = System.nanoTime();
    var unused =
        client
            .submit(new Command(name, amount))
            .whenComplete(
                (outcome, failure) -> {
                  Outcome<List<Count>> ended =
                      outcome != null ? outcome : new Outcome.Unknown<>(String.valueOf(failure));
                  asked.ended(ended);
                  settle(slot, new Call(name, amount, sent, System.nanoTime(), ended));
                });
  }

  private void settle(int slot, Call call) {
    calls.add(call);
    if (call.outcome() instanceof Outcome.Committed) {
      acks.add(call.endNanos());
      next(slot);
    } else {
      CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS)
          .execute(() -> next(slot));
    }
  }

  List<Call> acknowledged() {
    return calls.stream().filter(call -> call.outcome() instanceof Outcome.Committed).toList();
  }

  /** Every counter holds what was acknowledged, and of the rest only what may have been added. */
  void assertNothingLostOrDoubled() throws InterruptedException {
    Map<String, Long> held = new TreeMap<>();
    Map<String, CounterHistory.Asked> reads = new TreeMap<>();
    int reader = history.client();
    for (int i = 0; i < COUNTERS; i++) {
      reads.put("c" + i, history.gets(reader, "c" + i));
    }
    Outcome<List<Count>> all = client.queryAndWait(new Command("", Long.MAX_VALUE));
    assertThat(all).isInstanceOf(Outcome.Committed.class);
    ((Outcome.Committed<List<Count>>) all)
        .reply()
        .forEach(count -> held.put(count.name(), count.value()));
    reads.forEach((name, read) -> read.returned(held.getOrDefault(name, 0L)));
    calls.stream()
        .collect(Collectors.groupingBy(Call::name))
        .forEach((name, of) -> assertExplained(name, held.getOrDefault(name, 0L), of));
  }

  private static void assertExplained(String name, long value, List<Call> calls) {
    long rest = value;
    List<Long> unknown = new ArrayList<>();
    for (Call call : calls) {
      if (call.outcome() instanceof Outcome.Committed) {
        rest -= call.amount();
      } else if (call.outcome() instanceof Outcome.Unknown) {
        unknown.add(call.amount());
      }
    }
    assertThat(isSumOfSome(unknown, rest, 0))
        .as("%s is %d more than acknowledged; unknown are %s", name, rest, unknown)
        .isTrue();
  }

  private static boolean isSumOfSome(List<Long> amounts, long sum, int from) {
    if (sum == 0) {
      return true;
    }
    return sum > 0
        && from < amounts.size()
        && (isSumOfSome(amounts, sum - amounts.get(from), from + 1)
            || isSumOfSome(amounts, sum, from + 1));
  }

  @Override
  public void close() {
    running = false;
    client.close();
  }
}
