package io.bowline.raft.examples.counter;

import io.bowline.raft.RaftNode;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Refusal;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Proposes to the node of this process and counts how each call ended. Callers either wait for an
 * outcome before they ask again, or ask at a rate whatever becomes of what they asked.
 */
final class TrialLoad implements AutoCloseable {
  private static final long TICK_MILLIS = 2;
  private static final long RETRY_MILLIS = 5;
  private static final long SLACK_NANOS = 1_000_000_000L;

  private final RaftNode<Command, List<Count>> node;
  private final long timeoutNanos;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "load");
            thread.setDaemon(true);
            return thread;
          });
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong committed = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong overloaded = new AtomicLong();
  private final AtomicLong unknown = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private final AtomicLong late = new AtomicLong();
  private final AtomicLong mostPending = new AtomicLong();
  private volatile String limit = "";
  private final AtomicInteger round = new AtomicInteger();

  TrialLoad(RaftNode<Command, List<Count>> node, long timeoutNanos) {
    this.node = node;
    this.timeoutNanos = timeoutNanos;
  }

  /** So many callers, each with one call of so many bytes at a time. */
  void callers(int count, int bytes) {
    int mine = round.incrementAndGet();
    Command add = command(bytes);
    for (int i = 0; i < count; i++) {
      clock.execute(() -> askAgain(mine, add));
    }
  }

  private void askAgain(int mine, Command add) {
    while (mine == round.get()) {
      boolean[] onThisThread = {true};
      boolean[] again = {false};
      ask(
          add,
          wasTaken -> {
            if (!wasTaken) {
              var unused =
                  clock.schedule(() -> askAgain(mine, add), RETRY_MILLIS, TimeUnit.MILLISECONDS);
            } else if (onThisThread[0]) {
              again[0] = true;
            } else {
              askAgain(mine, add);
            }
          });
      onThisThread[0] = false;
      if (!again[0]) {
        return;
      }
    }
  }

  /** So many calls a second. */
  void rate(int perSecond, int bytes) {
    int mine = round.incrementAndGet();
    Command add = command(bytes);
    long started = System.nanoTime();
    long before = sent.get();
    var unused =
        clock.scheduleAtFixedRate(
            () -> {
              long due = (long) ((System.nanoTime() - started) * 1e-9 * perSecond);
              while (mine == round.get() && sent.get() - before < due) {
                ask(add, wasTaken -> {});
              }
            },
            0,
            TICK_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  /** No new calls. */
  void rest() {
    round.incrementAndGet();
  }

  private static Command command(int bytes) {
    return new Command("load " + "x".repeat(Math.max(0, bytes - 13)), 1);
  }

  private void ask(Command add, Consumer<Boolean> then) {
    long number = sent.incrementAndGet();
    mostPending.accumulateAndGet(number - ended.get(), Math::max);
    long asked = System.nanoTime();
    var unused =
        node.propose(add)
            .whenComplete(
                (outcome, failure) -> {
                  ended.incrementAndGet();
                  if (System.nanoTime() - asked > timeoutNanos + SLACK_NANOS) {
                    late.incrementAndGet();
                  }
                  then.accept(count(outcome));
                });
  }

  private boolean count(Outcome<?> outcome) {
    if (outcome instanceof Outcome.Committed) {
      committed.incrementAndGet();
      return true;
    }
    if (outcome instanceof Outcome.NotCommitted<?> not) {
      refused.incrementAndGet();
      if (not.refusal() instanceof Refusal.Overloaded over) {
        overloaded.incrementAndGet();
        limit = over.limit();
      }
      return false;
    }
    unknown.incrementAndGet();
    return false;
  }

  /** For the report. */
  String report() {
    return " sent="
        + sent
        + " committed="
        + committed
        + " refused="
        + refused
        + " overloaded="
        + overloaded
        + " limit="
        + limit
        + " unknown="
        + unknown
        + " pending="
        + (sent.get() - ended.get())
        + " mostPending="
        + mostPending
        + " late="
        + late;
  }

  @Override
  public void close() {
    rest();
    clock.shutdownNow();
  }
}
