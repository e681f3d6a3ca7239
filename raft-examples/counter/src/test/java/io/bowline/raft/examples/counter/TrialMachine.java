package io.bowline.raft.examples.counter;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.StateMachine;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Sums by the first word of a name, whose rest only makes a command as long as a test wants it. It
 * takes as long for each command as it is told, or waits until it is let go.
 */
final class TrialMachine implements StateMachine<Command, List<Count>> {
  private static final long POLL_NANOS = 1_000_000;
  private static final long OWED_NANOS = 1_000_000;

  private final Map<String, Long> sums = new TreeMap<>();
  private volatile long nanosEach;
  private volatile boolean blocked;
  private final AtomicLong applied = new AtomicLong();
  private long owedNanos;

  /** How many commands it has applied. */
  long applied() {
    return applied.get();
  }

  /** {@code block}, {@code go}, or the nanoseconds that each command takes. */
  void behave(String how) {
    blocked = how.equals("block");
    nanosEach = Character.isDigit(how.charAt(0)) ? Long.parseLong(how) : 0;
  }

  @Override
  public void apply(CommittedBatch<Command, List<Count>> batch) {
    while (batch.next()) {
      Command add = batch.command();
      while (blocked) {
        LockSupport.parkNanos(POLL_NANOS);
      }
      work();
      String name = firstWord(add.name());
      batch.reply(List.of(new Count(name, sums.merge(name, add.number(), Long::sum))));
      applied.incrementAndGet();
    }
  }

  /** A nap takes longer than a short command would: many short ones share one. */
  private void work() {
    owedNanos += nanosEach;
    while (owedNanos >= OWED_NANOS && nanosEach > 0) {
      long started = System.nanoTime();
      LockSupport.parkNanos(owedNanos);
      owedNanos -= System.nanoTime() - started;
    }
  }

  @Override
  public List<Count> query(Command query) {
    String name = firstWord(query.name());
    return List.of(new Count(name, sums.getOrDefault(name, 0L)));
  }

  private static String firstWord(String name) {
    int blank = name.indexOf(' ');
    return blank < 0 ? name : name.substring(0, blank);
  }
}
