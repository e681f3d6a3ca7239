package io.bowline.raft.testkit;

import static io.bowline.raft.testkit.GhostGroup.assertSeen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.model.NodeId;
import io.bowline.raft.runtime.NodeEnvironment.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/**
 * Foreign code does what it was told to, and the checks that judge its callers are seen to fail.
 */
class ForeignFaultTest {
  private static final NodeId FIRST = NodeId.of("n1");

  private final Simulation simulation = new Simulation(1);
  private final ForeignCode foreign = new ForeignCode(simulation);

  private SimulatedEnvironment environment(int threads) {
    Prng random = new Prng(2);
    SimulatedDisk disk = new SimulatedDisk(random, SimulatedDisk.FORCE_AT_ONCE);
    return new SimulatedEnvironment(
        simulation,
        new Life(0, 1),
        new SimulatedClock(0, 0),
        disk.mount(),
        random,
        0,
        0,
        threads,
        foreign);
  }

  @Test
  void eachOfThemIsALineThatCanBeReadAgain() {
    List<Fault> faults = new ArrayList<>();
    for (Seam seam : Seam.values()) {
      for (Thrown what : Thrown.values()) {
        faults.add(new ForeignFault.ForeignThrows(FIRST, seam, what, 2));
      }
      faults.add(new ForeignFault.ForeignInterrupts(FIRST, seam, 1));
    }
    faults.add(new ForeignFault.ExecutorRejects(FIRST, 3));
    faults.add(new ForeignFault.ForeignBlocks(FIRST, true, 7));
    faults.add(new ForeignFault.SlowApply(FIRST, 8));
    faults.add(new NetworkFault.AbsurdNumber(FIRST, 1, 2, 1L << 62));
    faults.add(new DirectoryFault.StartsLate(FIRST, 9));
    faults.add(new DirectoryFault.CopyDirectory(FIRST, 10, true));
    faults.add(new DirectoryFault.Flip(FIRST, 11));

    for (Fault fault : faults) {
      assertThat(FaultText.parse(FaultText.format(fault))).isEqualTo(fault);
    }
    assertThat(FaultText.format(faults.get(0)))
        .isEqualTo("ForeignThrows node=n1 seam=ENCODE_COMMAND what=RUNTIME_EXCEPTION times=2");
    assertThatThrownBy(() -> FaultText.parse("ForeignThrows node=n1 seam=HOUSE what=ERROR times=2"))
        .hasMessageContaining("HOUSE is no Seam");
  }

  @Test
  void theNextCallsThrowAndNoOther() {
    for (Thrown what : Thrown.values()) {
      foreign.throwsNext(Seam.QUERY, what, 2);
      foreign.called(Seam.APPLY);
      for (int call = 0; call < 2; call++) {
        assertThatThrownBy(() -> foreign.called(Seam.QUERY)).matches(Thrown::isForeign);
      }
      foreign.called(Seam.QUERY);
    }
    assertThat(foreign.mayEndTheNode()).isEqualTo(Thrown.OUT_OF_MEMORY);
  }

  @Test
  void whatIsThrownWhileItAppliesEndsTheNodeByRight() {
    foreign.throwsNext(Seam.QUERY, Thrown.ERROR, 1);
    assertThatThrownBy(() -> foreign.called(Seam.QUERY)).isInstanceOf(Error.class);
    assertThat(foreign.mayEndTheNode()).isNull();

    foreign.throwsNext(Seam.ENCODE_REPLY, Thrown.ERROR, 1);
    foreign.appliesFrom();
    assertThatThrownBy(() -> foreign.called(Seam.ENCODE_REPLY)).isInstanceOf(Error.class);
    assertThat(foreign.mayEndTheNode()).isEqualTo(Thrown.ERROR);
    foreign.started();
    assertThat(foreign.mayEndTheNode()).isNull();
  }

  @Test
  void aThreadThatComesBackInterruptedIsSeen() {
    Executor apply = environment(1).executor(Stage.APPLY);
    foreign.interruptsNext(Seam.APPLY, 2);
    apply.execute(
        () -> {
          foreign.called(Seam.APPLY);
          assertThat(Thread.interrupted()).isTrue(); // whoever called it has cleaned up
        });
    simulation.runUntil(1);

    apply.execute(() -> foreign.called(Seam.APPLY));
    assertSeen("THREAD_CLEAN", () -> simulation.runUntil(2));
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void aThreadThatDiesOfForeignCodeIsSeen() {
    foreign.throwsNext(Seam.LISTENER, Thrown.CHECKED_EXCEPTION, 1);
    environment(1).executor(Stage.CALLBACK).execute(() -> foreign.called(Seam.LISTENER));

    assertSeen("FOREIGN_CONTAINED", () -> simulation.runUntil(1));
  }

  @Test
  void theExecutorOfCallbacksRefusesAndASpareOneTakesThem() {
    SimulatedEnvironment environment = environment(1);
    List<String> done = new ArrayList<>();
    foreign.rejectsNext(1);

    assertThatThrownBy(() -> environment.executor(Stage.CALLBACK).execute(() -> done.add("first")))
        .isInstanceOf(RejectedExecutionException.class);
    environment.spareCallbacks().execute(() -> done.add("spare"));
    environment.executor(Stage.CALLBACK).execute(() -> done.add("second"));
    assertThat(environment.tasks()).isEqualTo(2);
    simulation.runUntil(1);

    assertThat(done).containsExactlyInAnyOrder("spare", "second");
    assertThat(environment.tasks()).isZero();
  }

  @Test
  void aTaskInForeignCodeHoldsOneThreadOfItsStage() {
    for (int threads = 1; threads <= 2; threads++) {
      SimulatedEnvironment environment = environment(threads);
      StageExecutor stage = environment.stage(Stage.APPLY);
      List<String> done = new ArrayList<>();
      stage.nextStands(1_000);
      stage.execute(() -> done.add("stands"));
      stage.execute(() -> done.add("next"));
      simulation.runUntil(simulation.now() + 10);

      assertThat(done).isEqualTo(threads == 1 ? List.of() : List.of("next"));
      assertThat(environment.stands()).isTrue();
      assertThat(environment.tasks()).isEqualTo(threads == 1 ? 2 : 1);
      simulation.runUntil(simulation.now() + 2_000);
      assertThat(done).containsExactlyInAnyOrder("stands", "next");
      assertThat(environment.stands()).isFalse();
    }
  }

  @Test
  void aSlowStageIsAsFastAsItWasWhenItIsReleased() {
    StageExecutor stage = environment(1).stage(Stage.APPLY);
    List<Long> done = new ArrayList<>();
    stage.eachStands(1_000_000);
    stage.execute(() -> done.add(simulation.now()));
    stage.execute(() -> done.add(simulation.now()));
    simulation.runUntil(1_000_010);
    assertThat(done).containsExactly(1_000_000L);

    stage.release();
    simulation.runUntil(1_000_020);
    assertThat(done).containsExactly(1_000_000L, 1_000_010L);
  }

  @Test
  void whatGoesRoundInACircleIsSeen() {
    Executor raft = environment(1).executor(Stage.RAFT);
    Runnable[] again = new Runnable[1];
    again[0] = () -> raft.execute(again[0]);
    raft.execute(again[0]);

    assertSeen("SPINS", () -> simulation.runUntil(1));
  }
}
