package io.bowline.raft.examples.counter;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.StateMachine;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Counters that are wrong on purpose: what no check sees fail, no check is worth. */
final class BrokenCounters implements StateMachine<Command, List<Count>> {
  /** What is wrong with them. */
  enum Bug {
    /** Now and then an increment is acknowledged and forgotten. */
    LOSES,
    /** Now and then an increment counts twice. */
    DOUBLES,
    /** One replica notes something that the others do not. */
    DIFFERS,
    /** Reads are answered from a copy that is renewed now and then. */
    READS_A_COPY,
    /** Two increments get the same answer. */
    ANSWERS_TWICE
  }

  private static final int NOW_AND_THEN = 7;

  private final Map<String, Long> counts = new TreeMap<>();
  private final Bug bug;
  private final int number;
  private Map<String, Long> copy = new TreeMap<>();
  private long applied;

  private BrokenCounters(Bug bug, int number) {
    this.bug = bug;
    this.number = number;
  }

  /** A cluster's. */
  static Supplier<StateMachine<Command, List<Count>>> with(Bug bug) {
    AtomicInteger made = new AtomicInteger();
    return () -> new BrokenCounters(bug, made.incrementAndGet());
  }

  @Override
  public void apply(CommittedBatch<Command, List<Count>> batch) {
    while (batch.next()) {
      Command add = batch.command();
      boolean now = ++applied % NOW_AND_THEN == 0;
      long before = counts.getOrDefault(add.name(), 0L);
      long after = before + (now && bug == Bug.DOUBLES ? 2 : 1) * add.number();
      if (!now || bug != Bug.LOSES) {
        counts.put(add.name(), after);
      }
      if (now && bug == Bug.DIFFERS && number % 2 == 0) {
        counts.put("written by the second one only", applied);
      }
      if (now) {
        copy = new TreeMap<>(counts);
      }
      batch.reply(List.of(new Count(add.name(), now && bug == Bug.ANSWERS_TWICE ? before : after)));
    }
  }

  @Override
  public List<Count> query(Command query) {
    Map<String, Long> read = bug == Bug.READS_A_COPY ? copy : counts;
    return query.name().isEmpty()
        ? counts.entrySet().stream().map(e -> new Count(e.getKey(), e.getValue())).toList()
        : List.of(new Count(query.name(), read.getOrDefault(query.name(), 0L)));
  }
}
