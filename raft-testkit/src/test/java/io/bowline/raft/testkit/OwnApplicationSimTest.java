package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.StateMachine;
import io.bowline.raft.model.Codec;
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
                        return amount == 50 ? 51 : amount;
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
                          return amount + (which == 2 ? 1 : 0); // not by its commands alone
                        }
                      };
                    })
                .holding(state -> {}));

    assertThat(report.failure())
        .isNotNull()
        .extracting("check")
        .isEqualTo("STATE_MACHINE_EQUALITY");
  }
}
