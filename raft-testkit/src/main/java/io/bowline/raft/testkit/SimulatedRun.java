package io.bowline.raft.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One seed from beginning to end: a cluster drawn by it, clients and faults for a while, then
 * everything is healed and must come to rest in the same state, within a bound that the seed's own
 * settings give.
 */
public final class SimulatedRun {
  private static final long SECOND = 1_000_000_000L;

  /** So many calls that are asked behind the healing must be answered. */
  private static final int FRESH_CALLS = 3;

  /** On so many seeds one history of the clients is searched without a look into the nodes. */
  private static final int ONE_IN = 10;

  private final RunPlan plan;
  private final Simulation simulation;
  private final Cluster cluster;
  private final Nemesis nemesis;
  private final ClusterSettings settings;
  private final List<Integer> core = new ArrayList<>();

  /**
   * The run of that plan.
   *
   * @param observer looks on; {@link RunObserver#NONE} if nobody does
   */
  public SimulatedRun(RunPlan plan, RunObserver observer) {
    this(plan, observer, new Ledger());
  }

  /**
   * The run of that plan over an application of one's own.
   *
   * @param observer looks on; {@link RunObserver#NONE} if nobody does
   * @param application what runs over the cluster
   */
  public SimulatedRun(RunPlan plan, RunObserver observer, Application<?, ?> application) {
    this(plan, observer, application, null);
  }

  /** The same with a written trace, for who debugs the simulator itself. */
  SimulatedRun(RunPlan plan, RunObserver observer, @Nullable Appendable text) {
    this(plan, observer, new Ledger(), text);
  }

  private SimulatedRun(
      RunPlan plan,
      RunObserver observer,
      Application<?, ?> application,
      @Nullable Appendable text) {
    this.plan = plan;
    this.simulation = new Simulation(plan.seed(), text);
    simulation.observe(observer);
    int drawn = voters(simulation.random("voters"));
    int nodes = plan.nodes() == 0 ? drawn : plan.nodes();
    this.settings = ClusterSettings.draw(simulation.random("settings"), nodes, plan.clients());
    this.cluster = new Cluster(simulation, settings, application);
    this.nemesis = new Nemesis(simulation, cluster, plan);
    cluster.history().limit(plan.maxOperations());
  }

  /** Mostly what people run, and now and then each other size. */
  private static int voters(Prng random) {
    int[] sizes = {1, 2, 3, 3, 3, 3, 3, 3, 4, 5, 5, 5, 5, 6, 7, 7};
    return sizes[random.nextInt(sizes.length)];
  }

  Simulation simulation() {
    return simulation;
  }

  Cluster cluster() {
    return cluster;
  }

  Nemesis nemesis() {
    return nemesis;
  }

  /**
   * Runs it, once.
   *
   * @return what became of it; what a check has seen stands there and is not thrown
   */
  public RunReport run() {
    SimulationFailure failure = null;
    try {
      play();
    } catch (SimulationFailure seen) {
      failure = seen;
    }
    return report(failure);
  }

  /**
   * Runs it.
   *
   * @throws SimulationFailure if a check has seen what must not be
   */
  void play() {
    nemesis.begin(); // who starts late is known before anybody starts
    cluster.start();
    simulation.run(length());
    nemesis.stop();
    heal(simulation.random("ending"));
    settle();
    core.removeIf(cluster.protocol().foundings()::staysOut);
    cluster.service().checkEnd(nemesis.schedule(), core);
    Service<?, ?> neighbour = cluster.neighbour();
    if (neighbour != null) {
      neighbour.checkEnd(nemesis.schedule(), core);
    }
    if (simulation.random("black box").nextInt(ONE_IN) == 0) {
      cluster.service().checkHistory();
    }
  }

  private Duration length() {
    Duration pinned = plan.length();
    return pinned != null
        ? pinned
        : Duration.ofNanos(simulation.random("length").nextLong(10, 40) * SECOND);
  }

  /** Everything, or half of the time a core with a quorum; what else is broken stays so. */
  private void heal(Prng random) {
    int size = settings.nodes().size();
    List<Integer> whole = new ArrayList<>();
    for (int slot = 0; slot < size; slot++) {
      if (!cluster.protocol().isSpoilt(slot) && !cluster.protocol().foundings().staysOut(slot)) {
        whole.add(slot);
      }
    }
    int quorum = size / 2 + 1;
    // before the founding is complete all are needed: then a core of others is no quorum
    boolean founded = cluster.protocol().foundings().isComplete();
    boolean alone = cluster.neighbour() == null; // who counts among neighbours is not known here
    if (!founded || !alone || whole.size() == quorum || random.nextBoolean()) {
      core.addAll(whole);
      cluster.heal();
      return;
    }
    do {
      whole.remove(random.nextInt(whole.size()));
    } while (whole.size() > quorum && random.nextBoolean());
    core.addAll(whole);
    simulation.marks().hit(Mark.HEALED_A_CORE);
    cluster.heal(slot -> core.contains(slot) || cluster.protocol().isSpoilt(slot), random);
  }

  private SortedMap<String, Long> marks() {
    cluster.countMarks();
    return simulation.marks().seen();
  }

  private RunReport report(@Nullable SimulationFailure failure) {
    return new RunReport(
        plan.seed(),
        simulation.trace().hash(),
        simulation.trace().events(),
        simulation.now(),
        cluster.history().calls().size(),
        new TreeMap<>(nemesis.struck()),
        marks(),
        nemesis.schedule(),
        failure,
        settings.nodes().size(),
        settings.clients().size());
  }

  /** What was healed serves again, then calls end and nodes catch up, each within the bound. */
  private void settle() {
    Service<?, ?> neighbour = cluster.neighbour();
    serveAgain(cluster.history(), "serve");
    if (neighbour != null) {
      serveAgain(neighbour.history(), "serve beside it");
    }
    cluster.history().end();
    if (neighbour != null) {
      neighbour.history().end();
    }
    await("rest", () -> isAtRest() && neighbourIsAtRest());
    for (int slot : core) {
      if (!cluster.protocol().foundings().staysOut(slot)) {
        cluster.node(slot).requireWhole();
      }
    }
  }

  private void serveAgain(History<?, ?> history, String what) {
    history.countFromNow();
    await(what, () -> history.isEnded() || history.counted() >= FRESH_CALLS);
  }

  private boolean neighbourIsAtRest() {
    Service<?, ?> neighbour = cluster.neighbour();
    if (neighbour == null) {
      return true;
    }
    for (int slot : core) {
      if (cluster.node(slot).neighbourApplied() < neighbour.ghost().lastIndex()) {
        return false;
      }
    }
    return neighbour.history().pending() == 0;
  }

  private void await(String what, BooleanSupplier condition) {
    LivenessBound bound = LivenessBound.of(cluster, settings);
    long limit = simulation.now() + bound.nanos();
    while (!condition.getAsBoolean()) {
      if (!simulation.stepBefore(limit)) {
        throw simulation.failure("LIVENESS", unrest(what, bound));
      }
    }
  }

  private boolean isAtRest() {
    if (cluster.history().pending() > 0) {
      return false;
    }
    for (int slot : core) {
      if (!cluster.protocol().foundings().staysOut(slot) && !hasAll(slot)) {
        return false;
      }
    }
    return true;
  }

  private boolean hasAll(int slot) {
    SimulatedNode node = cluster.node(slot);
    return node.isUp()
        && node.lastApplied() >= cluster.ghost().lastIndex()
        && cluster.protocol().hasAll(slot);
  }

  private String unrest(String what, LivenessBound bound) {
    StringBuilder text = new StringBuilder();
    text.append("does not ").append(what).append(" within ").append(bound).append(", healed are");
    for (int slot : core) {
      text.append(' ').append(cluster.id(slot));
    }
    text.append(": ").append(cluster.history().pending()).append(" calls wait, ");
    text.append(cluster.history().counted()).append(" were answered, applied");
    for (SimulatedNode node : cluster.nodes()) {
      text.append(' ').append(node.isUp() ? String.valueOf(node.lastApplied()) : "down");
    }
    return text.append(" of ").append(cluster.ghost().lastIndex()).toString();
  }
}
