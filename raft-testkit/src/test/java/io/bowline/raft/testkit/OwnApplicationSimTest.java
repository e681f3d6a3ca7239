package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.StateMachine;
import io.bowline.raft.model.Codec;
import io.bowline.raft.testkit.campaign.PlanFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A state machine that is not the testkit's own, on the same cluster and under the same faults. */
class OwnApplicationSimTest {
  /** Two accounts; money moves from one to the other. */
  private static class Bank implements StateMachine<Long, Long> {
    private long left;
    private long right;

    @Override
    public void apply(CommittedBatch<Long, Long> batch) {
      while (batch.next()) {
        long amount = batch.command();
        left -= amount;
        right += credit(amount);
        batch.reply(right);
      }
    }

    long credit(long amount) {
      return amount;
    }

    @Override
    public Long query(Long query) {
      return left + right;
    }
  }

  private static RunReport run(ServiceUnderTest<Long, Long, Bank> service) {
    RunPlan plan = RunPlan.of(0xB4).withNodes(3).withClients(2);
    return new SimulatedRun(plan, RunObserver.NONE, service).run();
  }

  private static ServiceUnderTest<Long, Long, Bank> service(
      java.util.function.Supplier<Bank> bank) {
    return ServiceUnderTest.<Long, Long, Bank>of(bank, Codec.int64(), Codec.int64())
        .asking(random -> random.nextLong(1, 100))
        .querying(random -> 0L)
        .hashedBy(state -> Prng.mix(state.left) + state.right)
        .holding(state -> assertThat(state.left + state.right).isZero());
  }

  @Test
  void itRunsAndGivesTheSameHashEachTime() {
    RunReport report = run(service(Bank::new));

    assertThat(report.failure()).isNull();
    assertThat(report.operations()).isGreaterThan(50);
    assertThat(run(service(Bank::new)).hash()).isEqualTo(report.hash());
  }

  @Test
  void aBrokenInvariantIsSeen() {
    RunReport report =
        run(
            service(
                () ->
                    new Bank() {
                      @Override
                      long credit(long amount) {
                        return amount > 50 ? amount + 1 : amount;
                      }
                    }));

    assertThat(report.failure()).isNotNull().extracting("check").isEqualTo("INVARIANT");
  }

  @Test
  void replicasThatDifferAreSeen() {
    AtomicInteger machines = new AtomicInteger();
    RunReport report =
        run(
            service(
                    () -> {
                      int which = machines.incrementAndGet();
                      return new Bank() {
                        @Override
                        long credit(long amount) {
                          return amount + (which % 2); // not by its commands alone
                        }
                      };
                    })
                .holding(state -> {}));

    assertThat(report.failure())
        .isNotNull()
        .extracting("check")
        .isEqualTo("STATE_MACHINE_EQUALITY");
  }

  @Test
  void anAnswerThatTheModelDoesNotGiveIsSeen() {
    RunReport report =
        run(
            service(Bank::new)
                .explainedBy(0L, (sum, add) -> sum + add, (sum, asked) -> asked == 0 ? 0 : sum));
    RunReport wrong =
        run(
            service(Bank::new)
                .explainedBy(
                    0L, (sum, add) -> sum + add, (sum, asked) -> asked == 0 ? 0 : sum % 1_000));

    assertThat(report.failure()).isNull();
    assertThat(wrong.failure()).isNotNull().extracting("check").isEqualTo("MODEL");
  }

  @Test
  void theEndIsToldWhatClientsKnowAndWhatReplicasHold() {
    List<RunEnd<Long, Long>> ends = new ArrayList<>();

    RunReport report = run(service(Bank::new).endingWith(ends::add));

    assertThat(report.failure()).isNull();
    RunEnd<Long, Long> end = ends.get(0);
    assertThat(end.calls()).hasSize((int) report.operations());
    assertThat(end.replicas()).hasSizeBetween(2, 3);
    assertThat(end.answers(0L)).containsOnly(0L);
    assertThat(end.acknowledged()).hasSizeGreaterThan(10);
    assertThat(end.faults()).isEqualTo(report.schedule());
    long commands = end.calls().stream().filter(call -> !call.request().query()).count();
    assertThat(end.acknowledged().size() + end.refused().size() + end.unknown().size())
        .isEqualTo((int) commands);
    assertThat(end.calls())
        .filteredOn(call -> call.isAcknowledgedCommand() || call.isAnsweredQuery())
        .allSatisfy(call -> assertThat(call.endedNanos()).isGreaterThan(call.askedNanos()))
        .allSatisfy(call -> assertThat(call.reply()).isNotNull());
  }

  @Test
  void whatDoesNotHoldAtTheEndFailsTheRun() {
    RunReport report =
        run(service(Bank::new).endingWith(end -> assertThat(end.acknowledged()).isEmpty()));

    assertThat(report.failure()).isNotNull().extracting("check").isEqualTo("END");
  }

  @Test
  void clientsAskForNoMoreThanTheyMayAndForNoLongerThanTheRunIs() {
    RunPlan plan = RunPlan.of(0xB4).withLength(Duration.ofSeconds(2)).withMaxOperations(7);

    RunReport report = new SimulatedRun(plan, RunObserver.NONE, service(Bank::new)).run();
    RunReport drawn = run(service(Bank::new));

    assertThat(report.requirePassed().operations()).isEqualTo(7);
    assertThat(report.simulatedNanos()).isLessThan(drawn.simulatedNanos());
    assertThat(PlanFile.parse(PlanFile.format(plan.withSchedule(FaultSchedule.none()))))
        .isEqualTo(plan.withSchedule(FaultSchedule.none()));
  }
}
