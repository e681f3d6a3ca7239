package io.bowline.raft.testkit.campaign;

import io.bowline.raft.testkit.Application;
import io.bowline.raft.testkit.FaultSchedule;
import io.bowline.raft.testkit.FaultSchedule.Strike;
import io.bowline.raft.testkit.RunPlan;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Makes a failing run smaller: fewer kinds of faults, nodes, clients, faults, operations, shorter
 * and earlier faults. Each try is a replay, and counts if the same check fires; what is left out of
 * the schedule does not strike, and all that is not in it (delays, orders) is drawn as before.
 */
public final class Shrinker {
  /** No more replays than that. */
  public static final int MOST_REPLAYS = 500;

  private static final int SEEDS_FOR_FEWER_NODES = 8;

  private final CampaignFailure found;
  private final Function<RunPlan, Replay> replayer;
  private final int mostReplays;
  private final Consumer<String> progress;
  private final Set<String> tried = new LinkedHashSet<>();
  private RunPlan smallest;
  private CampaignFailure failure;
  private long operations;
  private int replays;

  /**
   * Of a failure.
   *
   * @param progress hears a line at each replay
   */
  public Shrinker(CampaignFailure found, Consumer<String> progress) {
    this(found, Replay::of, progress);
  }

  /**
   * Of a failure that was seen with an application of one's own.
   *
   * @param mostReplays after so many it takes what it has, {@link #MOST_REPLAYS} at most
   * @param progress hears a line at each replay
   */
  public Shrinker(
      CampaignFailure found,
      Application<?, ?> application,
      int mostReplays,
      Consumer<String> progress) {
    this(
        found, plan -> Replay.of(plan, application), Math.min(mostReplays, MOST_REPLAYS), progress);
  }

  Shrinker(CampaignFailure found, Function<RunPlan, Replay> replayer, Consumer<String> progress) {
    this(found, replayer, MOST_REPLAYS, progress);
  }

  private Shrinker(
      CampaignFailure found,
      Function<RunPlan, Replay> replayer,
      int mostReplays,
      Consumer<String> progress) {
    this.found = found;
    this.replayer = replayer;
    this.mostReplays = mostReplays;
    this.progress = progress;
    this.smallest = found.plan();
    this.failure = found;
  }

  /**
   * What is left.
   *
   * @param failure of the smallest run; its plan is what should be kept
   * @param strikesBefore how many faults struck at first
   * @param replays how many it took
   * @param reproduced false if the recorded faults alone do not show the failure: then nothing was
   *     made smaller
   */
  public record Shrunk(
      CampaignFailure failure, int strikesBefore, int replays, boolean reproduced) {}

  /** Replays until nothing gets smaller any more, or the cap is reached. */
  public Shrunk shrink() {
    replays++;
    Replay first = replayer.apply(found.plan());
    FaultSchedule schedule = first.schedule();
    if (schedule == null) {
      return new Shrunk(found, 0, replays, false);
    }
    operations = first.operations();
    RunPlan recorded =
        found.plan().withNodes(first.nodes()).withClients(first.clients()).withSchedule(schedule);
    int strikes = schedule.strikes().size();
    if (!accepts(recorded, "the recorded faults")) {
      return new Shrunk(found, strikes, replays, false);
    }
    String before;
    do {
      before = PlanFile.format(smallest);
      dropKinds();
      dropMachines();
      dropStrikes();
      dropOperations();
      shorten();
      comeEarlier();
    } while (!before.equals(PlanFile.format(smallest)) && replays < mostReplays);
    return new Shrunk(failure, strikes, replays, true);
  }

  // ---- one step after the other

  private void dropKinds() {
    Set<String> kinds = new TreeSet<>();
    strikes().forEach(strike -> kinds.add(strike.fault().kind()));
    for (String kind : kinds) {
      List<Strike> rest =
          strikes().stream().filter(strike -> !strike.fault().kind().equals(kind)).toList();
      accepts(with(rest), "without " + kind);
    }
  }

  /**
   * Another number of nodes draws other delays and timeouts, so that what fails with seven may need
   * another seed to fail with three.
   */
  private void dropMachines() {
    for (int nodes = 1; nodes < smallest.nodes(); nodes++) {
      for (int other = 0; other < SEEDS_FOR_FEWER_NODES; other++) {
        RunPlan fewer =
            with(namingOnly(nodes, smallest.clients()))
                .withNodes(nodes)
                .withSeed(found.plan().seed() + other);
        if (accepts(fewer, nodes + " nodes")) {
          nodes = smallest.nodes();
          break;
        }
      }
    }
    for (int clients = 1; clients < smallest.clients(); clients++) {
      RunPlan fewer = with(namingOnly(smallest.nodes(), clients)).withClients(clients);
      if (accepts(fewer, clients + " clients")) {
        break;
      }
    }
  }

  /** Faults of machines that are not there any more cannot strike. */
  private List<Strike> namingOnly(int nodes, int clients) {
    return strikes().stream().filter(strike -> Machines.allWithin(strike, nodes, clients)).toList();
  }

  /** Zeller's ddmin: complements of ever smaller parts. */
  private void dropStrikes() {
    int parts = 2;
    while (!strikes().isEmpty() && replays < mostReplays) {
      List<Strike> all = strikes();
      int size = Math.max(1, all.size() / parts);
      boolean dropped = false;
      for (int from = 0; from < all.size() && !dropped; from += size) {
        List<Strike> rest = new ArrayList<>(all.subList(0, from));
        rest.addAll(all.subList(Math.min(all.size(), from + size), all.size()));
        dropped = accepts(with(rest), rest.size() + " faults");
      }
      if (dropped) {
        parts = Math.max(2, parts - 1);
      } else if (size == 1) {
        return;
      } else {
        parts = Math.min(all.size(), parts * 2);
      }
    }
  }

  private void dropOperations() {
    long most = Math.min(operations, smallest.maxOperations());
    for (long some = 0; some < most; some = some == 0 ? 1 : some * 2) {
      if (accepts(smallest.withMaxOperations(some), some + " operations")) {
        break;
      }
    }
    long low = smallest.maxOperations() == Long.MAX_VALUE ? 0 : smallest.maxOperations() / 2;
    while (low + 1 < Math.min(most, smallest.maxOperations()) && replays < mostReplays) {
      long middle = (low + Math.min(most, smallest.maxOperations())) / 2;
      if (!accepts(smallest.withMaxOperations(middle), middle + " operations")) {
        low = middle;
      }
    }
  }

  private void shorten() {
    for (int i = 0; i < strikes().size(); i++) {
      for (int divisor : new int[] {100, 10, 2}) {
        Strike strike = strikes().get(i);
        Strike shorter =
            new Strike(strike.atNanos(), strike.fault(), strike.lengthNanos() / divisor);
        if (accepts(replacing(i, old -> shorter), shorter.toString())) {
          break;
        }
      }
    }
  }

  /** What happens earlier ends earlier: this strike and all behind it. */
  private void comeEarlier() {
    for (int i = 0; i < strikes().size(); i++) {
      long before = i == 0 ? 0 : strikes().get(i - 1).atNanos();
      for (int divisor : new int[] {10, 2}) {
        long gap = strikes().get(i).atNanos() - before;
        long saved = gap - gap / divisor;
        int from = i;
        List<Strike> moved = new ArrayList<>(strikes());
        moved.subList(from, moved.size()).replaceAll(strike -> earlier(strike, saved));
        if (saved > 0 && accepts(with(moved), "fault " + (i + 1) + " earlier")) {
          break;
        }
      }
    }
  }

  private static Strike earlier(Strike strike, long nanos) {
    return new Strike(strike.atNanos() - nanos, strike.fault(), strike.lengthNanos());
  }

  // ---- replays

  private List<Strike> strikes() {
    FaultSchedule schedule = smallest.schedule();
    return schedule == null ? List.of() : schedule.strikes();
  }

  private RunPlan with(List<Strike> strikes) {
    return smallest.withSchedule(new FaultSchedule(strikes));
  }

  private RunPlan replacing(int at, Function<Strike, Strike> change) {
    List<Strike> changed = new ArrayList<>(strikes());
    changed.set(at, change.apply(changed.get(at)));
    return with(changed);
  }

  /** Whether the same check fires; then that plan is the smallest so far. */
  private boolean accepts(RunPlan plan, String what) {
    if (replays >= mostReplays || !tried.add(PlanFile.format(plan))) {
      return false;
    }
    replays++;
    Replay replay = replayer.apply(plan);
    CampaignFailure seen = replay.failure();
    boolean same = seen != null && seen.check().equals(found.check());
    if (seen != null && same) {
      smallest = plan;
      failure = seen;
      operations = Math.min(operations, replay.operations());
    }
    progress.accept(
        String.format(
            Locale.ROOT,
            "replay %d of at most %d: %s %s; now %d nodes, %d clients, %d faults",
            replays,
            mostReplays,
            what,
            same ? "suffices" : "does not show it",
            smallest.nodes(),
            smallest.clients(),
            strikes().size()));
    return same;
  }
}
