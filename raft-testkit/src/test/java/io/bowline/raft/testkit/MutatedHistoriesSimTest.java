package io.bowline.raft.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Outcome;
import io.bowline.raft.testkit.linearizability.Budget;
import io.bowline.raft.testkit.linearizability.LinearizabilityChecker;
import io.bowline.raft.testkit.linearizability.Operation;
import io.bowline.raft.testkit.linearizability.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * The two checks of histories, by index and without, cross-checked: what clients of good runs saw
 * is accepted by both, and spoilt by hand it is rejected by both.
 */
class MutatedHistoriesSimTest {
  /** What one client saw, and where it stands in the log. */
  private record Seen(
      int slot,
      Request<LedgerOp> request,
      LedgerAnswer reply,
      long asked,
      long answered,
      long index) {
    Seen replying(LedgerAnswer other, long at) {
      return new Seen(slot, request, other, asked, answered, at);
    }

    Seen during(long from, long to) {
      return new Seen(slot, request, reply, from, to, index);
    }

    int account() {
      return request.value().account();
    }
  }

  /** Shorter runs have nothing to spoil. */
  private static final int FEW = 60;

  /** Enough to decide (giving up is a failure), and too little to make each bad part small. */
  private static final Budget VERDICTS_ONLY = new Budget(20_000, 64L << 20);

  private final Map<String, Integer> spoilt = new TreeMap<>();

  @Test
  void spoiltHistoriesAreRejectedByBothChecks() {
    Prng random = new Prng(0x5107);
    int rejected = 0;
    for (long seed = 0x700; rejected < 500; seed++) {
      List<Seen> good = goodRun(seed);
      if (good.size() < FEW) {
        continue; // a command without an answer came early
      }
      assertThat(isAcceptedByIndex(good, good)).as("seed %x", seed).isTrue();
      assertThat(isAcceptedWithout(good)).as("seed %x", seed).isTrue();
      for (int i = 0; i < 25; i++) {
        List<Seen> bad = spoil(good, random);
        if (bad.isEmpty()) {
          continue; // this run has nothing of the kind
        }
        assertThat(isAcceptedByIndex(good, bad))
            .as("seed %x, %s, by index", seed, spoilt)
            .isFalse();
        assertThat(isAcceptedWithout(bad)).as("seed %x, %s, without", seed, spoilt).isFalse();
        rejected++;
      }
    }
    System.out.println("spoilt histories rejected by both checks: " + spoilt);
    assertThat(spoilt.values()).hasSize(5).allMatch(count -> count >= 40);
  }

  /** Calm, so that each call has an answer and the whole log is known from the answers. */
  private static List<Seen> goodRun(long seed) {
    RunPlan plan =
        RunPlan.of(seed)
            .withNodes(3)
            .withClients(4)
            .withSchedule(FaultSchedule.none())
            .withLength(Duration.ofSeconds(10)); // the first answers are taken only
    SimulatedRun run = new SimulatedRun(plan, RunObserver.NONE);
    run.play();
    List<Seen> seen = new ArrayList<>();
    for (History.Call<?> call : run.cluster().history().calls()) {
      if (call.reply() instanceof LedgerAnswer reply && call.value() instanceof LedgerOp op) {
        Request<LedgerOp> request = new Request<>(op, call.isQuery());
        seen.add(
            new Seen(call.slot(), request, reply, call.asked(), call.answered(), call.index()));
      }
    }
    return explained(seen);
  }

  /** Up to an answer that a command without an answer explains, and not too much of it. */
  private static List<Seen> explained(List<Seen> seen) {
    seen.sort(Comparator.comparingLong(Seen::index).thenComparing(each -> each.request().query()));
    Map<Integer, LedgerAnswer> states = new TreeMap<>();
    List<Seen> some = new ArrayList<>();
    for (Seen each : seen.subList(0, Math.min(150, seen.size()))) {
      LedgerAnswer state = states.getOrDefault(each.account(), LedgerAnswer.EMPTY);
      state = each.request().query() ? state : state.after(each.request().value());
      if (!state.equals(each.reply())) {
        return some;
      }
      states.put(each.account(), state);
      some.add(each);
    }
    return some;
  }

  private List<Seen> spoil(List<Seen> good, Prng random) {
    String[] kinds = {"doubled", "exchanged", "lost", "out of time", "stale"};
    String kind = kinds[random.nextInt(kinds.length)];
    for (int tries = 0; tries < 20; tries++) { // not each operation can be spoilt so
      List<Seen> bad = new ArrayList<>(good);
      int at = random.nextInt(bad.size());
      if (spoil(kind, bad, at)) {
        spoilt.merge(kind, 1, Integer::sum);
        return bad;
      }
    }
    return List.of();
  }

  private static boolean spoil(String kind, List<Seen> bad, int at) {
    Seen one = bad.get(at);
    return switch (kind) {
      case "doubled" -> doubled(bad, at, one);
      case "exchanged" -> exchanged(bad, at, one);
      case "lost" -> lost(bad, one);
      case "out of time" -> outOfTime(bad, at, one);
      default -> stale(bad, at, one);
    };
  }

  /** Answered as if it had been applied twice. */
  private static boolean doubled(List<Seen> bad, int at, Seen one) {
    if (!one.request().query()) {
      bad.set(at, one.replying(one.reply().after(one.request().value()), one.index()));
    }
    return !one.request().query();
  }

  /** Two commands of one account have each other's answer. */
  private static boolean exchanged(List<Seen> bad, int at, Seen one) {
    for (int i = 0; i < bad.size() && !one.request().query(); i++) {
      Seen other = bad.get(i);
      if (i != at && other.account() == one.account() && !other.request().query()) {
        bad.set(at, one.replying(other.reply(), one.index()));
        bad.set(i, other.replying(one.reply(), other.index()));
        return true;
      }
    }
    return false;
  }

  /** All later answers are as if it had never been applied; somebody must have seen one. */
  private static boolean lost(List<Seen> bad, Seen one) {
    if (one.request().query()) {
      return false;
    }
    List<Seen> order = new ArrayList<>(bad);
    order.sort(Comparator.comparingLong(Seen::index).thenComparing(seen -> seen.request().query()));
    LedgerAnswer state = LedgerAnswer.EMPTY;
    boolean seen = false;
    for (Seen each : order) {
      if (each.account() == one.account() && !each.equals(one)) {
        state = each.request().query() ? state : state.after(each.request().value());
        if (each.index() > one.index() && each.asked() > one.answered()) {
          seen = true;
        }
        if (each.index() > one.index()) {
          bad.set(bad.indexOf(each), each.replying(state, each.index()));
        }
      }
    }
    return seen;
  }

  /** It was asked only after something behind it in the log had been acknowledged. */
  private static boolean outOfTime(List<Seen> bad, int at, Seen one) {
    for (Seen later : bad) {
      boolean behind = later.index() > one.index() && later.account() == one.account();
      if (behind && !later.request().query() && !one.request().query()) {
        bad.set(at, one.during(later.answered() + 1, later.answered() + 2));
        return true;
      }
    }
    return false;
  }

  /** A query has the answer of before a command that had been acknowledged when it was asked. */
  private static boolean stale(List<Seen> bad, int at, Seen one) {
    for (Seen write : bad) {
      boolean before = write.answered() < one.asked() && write.account() == one.account();
      if (one.request().query() && before && !write.request().query()) {
        bad.set(at, one.replying(before(bad, write), write.index() - 1));
        return true;
      }
    }
    return false;
  }

  private static LedgerAnswer before(List<Seen> all, Seen write) {
    List<Seen> order = new ArrayList<>(all);
    order.removeIf(seen -> seen.request().query() || seen.account() != write.account());
    order.sort(Comparator.comparingLong(Seen::index));
    int place = order.indexOf(write);
    return place == 0 ? LedgerAnswer.EMPTY : order.get(place - 1).reply();
  }

  /**
   * Feeds the ghost with the true log, then the history with what clients are said to have seen.
   */
  private static boolean isAcceptedByIndex(List<Seen> truth, List<Seen> said) {
    Service<LedgerOp, LedgerAnswer> service = new Service<>(new Simulation(1), new Ledger());
    try {
      List<Seen> log = new ArrayList<>(truth);
      log.removeIf(seen -> seen.request().query());
      log.sort(Comparator.comparingLong(Seen::index));
      for (Seen seen : log) {
        long serial = truth.indexOf(seen) + 1L;
        service
            .ghost()
            .applied(
                0,
                new GhostLog.Applied(seen.index(), 0, serial, 0, 0),
                seen.request().value(),
                seen.reply());
      }
      reenact(said, service.history());
      return true;
    } catch (SimulationFailure failure) {
      return false;
    }
  }

  private static void reenact(List<Seen> said, History<LedgerOp, LedgerAnswer> history) {
    record Moment(long at, Runnable what) {}
    List<Moment> moments = new ArrayList<>();
    for (int i = 0; i < said.size(); i++) {
      long serial = i + 1L;
      Seen seen = said.get(i);
      Outcome<LedgerAnswer> outcome = new Outcome.Committed<>(seen.index(), seen.reply());
      AtomicReference<History.Call<LedgerOp>> call = new AtomicReference<>();
      moments.add(
          new Moment(
              seen.asked(), () -> call.set(history.invoked(seen.slot(), seen.request(), serial))));
      moments.add(
          new Moment(
              seen.answered(), () -> history.returned(requireNonNull(call.get()), outcome, null)));
    }
    moments.sort(Comparator.comparingLong(Moment::at));
    moments.forEach(moment -> moment.what().run());
  }

  private static boolean isAcceptedWithout(List<Seen> said) {
    List<Operation<Request<LedgerOp>, LedgerAnswer>> history = new ArrayList<>();
    for (Seen seen : said) {
      history.add(
          new Operation<>(
              seen.slot(),
              seen.request(),
              seen.reply(),
              seen.asked(),
              seen.answered(),
              2 * seen.index() + (seen.request().query() ? 1 : 0)));
    }
    Verdict<Request<LedgerOp>, LedgerAnswer> verdict =
        new LinearizabilityChecker<>(new LedgerModel(), VERDICTS_ONLY).check(history);
    assertThat(verdict).isNotInstanceOf(Verdict.GaveUp.class);
    return verdict instanceof Verdict.Linearizable;
  }
}
