package io.bowline.raft.testkit;

import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How often each named rare event occurred in a run ("sometimes" assertions): coverage that a
 * campaign can demand, see docs/testing/README.md for the names.
 */
public final class Marks {
  private final Map<Mark, long[]> counts = new EnumMap<>(Mark.class);

  /** The newest term that had a leader. */
  long newestTerm;

  /** How often the power of all machines went. */
  long cutsOfAll;

  /** When a leader's process ended last, ns; negative if none has. */
  long leaderDiedAt = Long.MIN_VALUE;

  /** When a client's did. */
  long clientDiedAt = Long.MIN_VALUE;

  Marks() {
    for (Mark mark : Mark.values()) {
      counts.put(mark, new long[1]);
    }
  }

  void hit(Mark mark) {
    long[] count = counts.get(mark);
    if (count != null) {
      count[0]++;
    }
  }

  void hitIf(boolean happened, Mark mark) {
    if (happened) {
      hit(mark);
    }
  }

  /** Those that occurred. */
  SortedMap<String, Long> seen() {
    SortedMap<String, Long> seen = new TreeMap<>();
    counts.forEach(
        (mark, count) -> {
          if (count[0] > 0) {
            seen.put(mark.text(), count[0]);
          }
        });
    return seen;
  }

  /** The names of all events. */
  public static SortedSet<String> names() {
    SortedSet<String> names = new TreeSet<>();
    for (Mark mark : Mark.values()) {
      names.add(mark.text());
    }
    return names;
  }

  /**
   * The events that a campaign of at least 2,000 runs of such a plan must have seen: those whose
   * faults are switched on. A plan with a given schedule, and one with fewer than three nodes,
   * demands none.
   */
  public static SortedSet<String> demanded(RunPlan plan) {
    SortedSet<String> names = new TreeSet<>();
    boolean small = plan.nodes() == 1 || plan.nodes() == 2;
    for (Mark mark : Mark.values()) {
      boolean off = FoundingMix.SEEDS_OF_TWELVE == 0 && FoundingMix.MARKS.contains(mark);
      if (!small && !off && plan.schedule() == null && plan.areas().containsAll(mark.needs())) {
        names.add(mark.text());
      }
    }
    return names;
  }
}
