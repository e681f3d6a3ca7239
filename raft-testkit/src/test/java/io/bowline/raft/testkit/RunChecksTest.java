package io.bowline.raft.testkit;

import static io.bowline.raft.testkit.GhostGroup.assertSeen;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.testkit.linearizability.Model;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The checks of a whole run are seen to fail: a node that ends, a start, an end, a history. */
class RunChecksTest {
  private static final LedgerOp FIRST = new LedgerOp(1, 0, 5, 0);
  private static final LedgerOp ASK = new LedgerOp(0, 0, 0, 0);
  private static final LedgerAnswer AFTER_FIRST = LedgerAnswer.EMPTY.after(FIRST);

  private final Simulation simulation = new Simulation(1);

  private Cluster serving(Application<?, ?> application) {
    Cluster cluster = new Cluster(simulation, ClusterSettings.calm(3, 1), application);
    cluster.start();
    return cluster;
  }

  private Cluster servingFor(Duration time) {
    Cluster cluster = serving(new Ledger());
    simulation.run(time);
    assertThat(cluster.ghost().lastIndex()).isPositive();
    return cluster;
  }

  /** A state machine that throws at its tenth command. */
  private static final class Broken extends ForwardingLedger {
    @Override
    public Replica<LedgerOp, LedgerAnswer> replica() {
      Replica<LedgerOp, LedgerAnswer> whole = super.replica();
      return new Replica<>() {
        private int applied;

        @Override
        public void apply(CommittedBatch<LedgerOp, LedgerAnswer> batch) throws Exception {
          if (++applied == 10) {
            throw new IllegalStateException("broken by hand");
          }
          whole.apply(batch);
        }

        @Override
        public LedgerAnswer query(LedgerOp op) throws Exception {
          return whole.query(op);
        }
      };
    }
  }

  @Test
  void aNodeThatHaltsIsSeen() {
    Cluster cluster = serving(new Broken());

    assertSeen("NODE_RUNS", () -> simulation.run(Duration.ofSeconds(20)));
    assertThat(cluster.size()).isEqualTo(3);
  }

  @Test
  void aNodeThatDoesNotStartIsSeen() {
    Cluster cluster = servingFor(Duration.ofSeconds(10));
    cluster.crash(1);
    cluster.restart(1);
    simulation.run(Duration.ofSeconds(5));
    assertThat(cluster.node(1).isUp()).isTrue();
    DurableGhost durable = cluster.protocol().node(1).durable();
    assertThat(durable.canRot()).isTrue();
    cluster.powerCut(1, 0);
    durable.rot(1, new Prng(5)); // and nobody says that it is spoilt

    assertSeen("RECOVERY", () -> restart(cluster));
  }

  private void restart(Cluster cluster) {
    cluster.restart(1);
    simulation.run(Duration.ofSeconds(1));
  }

  @Test
  void theLastOneThatDiesLeavesNobodyUp() {
    Cluster cluster = servingFor(Duration.ofSeconds(2));
    int half = cluster.size() / 2;
    for (int slot = 0; slot < cluster.size(); slot++) {
      assertThat(simulation.marks().seen()).doesNotContainKey("all down");
      assertThat(simulation.marks().seen().containsKey("quorum down")).isEqualTo(slot > half);
      cluster.crash(slot);
    }

    assertThat(simulation.marks().seen()).containsKey("all down");
  }

  @Test
  void aDiskThatIsSaidToBeForeignMustNotStart() {
    Cluster cluster = servingFor(Duration.ofSeconds(10));
    cluster.node(1).mustNotStart();
    cluster.crash(1);

    assertSeen("CLONE_ACCEPTED", () -> restart(cluster));
  }

  @Test
  void aClusterThatDoesNotServeBehindTheHealingIsSeen() {
    RunPlan plan = RunPlan.of(0x77).withNodes(3).withSchedule(FaultSchedule.none());
    SimulatedRun run = new SimulatedRun(plan, RunObserver.NONE);
    cutAgainAndAgain(run);

    assertSeen("LIVENESS", run::play);
    assertThat(new SimulatedRun(plan, RunObserver.NONE).run().failure()).isNull();
  }

  /** Nobody reaches anybody, whatever is healed. */
  private static void cutAgainAndAgain(SimulatedRun run) {
    Cluster cluster = run.cluster();
    for (int from = 0; from < cluster.size(); from++) {
      for (int to = 0; to < cluster.size(); to++) {
        cluster.network().cutForGood(from, to);
      }
    }
    Simulation world = run.simulation();
    world.world(world.now() + 100_000_000L, -1, "cut again", () -> cutAgainAndAgain(run));
  }

  // What clients are told.

  private final Service<LedgerOp, LedgerAnswer> service = new Service<>(simulation, new Ledger());
  private final History<LedgerOp, LedgerAnswer> history = service.history();

  private void applyFirstAt(long index) {
    service.ghost().applied(0, new GhostLog.Applied(index, 1, 1, 1, 1), FIRST, AFTER_FIRST);
  }

  private History.Call<LedgerOp> command() {
    return history.invoked(3, new Request<>(FIRST, false), 1);
  }

  private History.Call<LedgerOp> query() {
    return history.invoked(4, new Request<>(ASK, true), 9);
  }

  private void answer(History.Call<LedgerOp> call, long index, LedgerAnswer reply) {
    history.returned(call, new Outcome.Committed<>(index, reply), null);
  }

  @Test
  void aCallThatEndsTwiceOrWithAnExceptionIsSeen() {
    History.Call<LedgerOp> call = query();

    assertSeen(
        "THREE_OUTCOMES", () -> history.returned(call, null, new IllegalStateException("no")));
    answer(call, 0, LedgerAnswer.EMPTY);
    assertSeen("THREE_OUTCOMES", () -> answer(call, 0, LedgerAnswer.EMPTY));
  }

  @Test
  void aQueryOfBeforeWhatWasAcknowledgedIsSeen() {
    applyFirstAt(5);
    History.Call<LedgerOp> early = query();
    answer(command(), 5, AFTER_FIRST);
    History.Call<LedgerOp> late = query();
    History.Call<LedgerOp> later = query();

    answer(early, 4, LedgerAnswer.EMPTY); // asked before: it may be answered so
    assertSeen("LINEARIZABLE", () -> answer(late, 4, LedgerAnswer.EMPTY));
    answer(later, 5, AFTER_FIRST);
  }

  @Test
  void anAnswerThatIsNotTheStateAtItsIndexIsSeen() {
    applyFirstAt(5);

    assertSeen("LINEARIZABLE", () -> answer(query(), 5, LedgerAnswer.EMPTY));
    answer(query(), 5, AFTER_FIRST);
  }

  @Test
  void aCommandBeforeWhatWasAcknowledgedBeforeItIsSeen() {
    applyFirstAt(5);
    answer(query(), 7, AFTER_FIRST);
    History.Call<LedgerOp> asked = command();

    assertSeen("LINEARIZABLE", () -> answer(asked, 5, AFTER_FIRST));
  }

  @Test
  void aHistoryThatNoOrderExplainsIsSeen() {
    applyFirstAt(5);
    answer(command(), 5, AFTER_FIRST);

    ClientHistory.check(service, new LedgerModel());
    assertSeen("HISTORY_LINEARIZABLE", () -> ClientHistory.check(service, new Refusing()));
  }

  /** Under this model nothing may be answered at all. */
  private static final class Refusing implements Model<Long, Request<LedgerOp>, LedgerAnswer> {
    @Override
    public Long initial() {
      return 0L;
    }

    @Override
    public @Nullable Long step(Long state, Request<LedgerOp> input, @Nullable LedgerAnswer output) {
      return null;
    }
  }

  /** The testkit's application, for tests that replace a part of it. */
  private static class ForwardingLedger implements Application<LedgerOp, LedgerAnswer> {
    private final Ledger ledger = new Ledger();

    @Override
    public io.bowline.raft.model.Codec<LedgerOp> commands() {
      return ledger.commands();
    }

    @Override
    public io.bowline.raft.model.Codec<LedgerAnswer> replies() {
      return ledger.replies();
    }

    @Override
    public Replica<LedgerOp, LedgerAnswer> replica() {
      return ledger.replica();
    }

    @Override
    public LedgerOp command(RandomGenerator random, long serial) {
      return ledger.command(random, serial);
    }

    @Override
    public @Nullable LedgerOp query(RandomGenerator random) {
      return ledger.query(random);
    }
  }
}
