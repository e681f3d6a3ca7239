package io.bowline.raft.testkit.jqwik;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.StateMachine;
import io.bowline.raft.model.Codec;
import io.bowline.raft.testkit.Fault;
import io.bowline.raft.testkit.FaultSchedule;
import io.bowline.raft.testkit.RunObserver;
import io.bowline.raft.testkit.RunPlan;
import io.bowline.raft.testkit.RunReport;
import io.bowline.raft.testkit.ServiceUnderTest;
import io.bowline.raft.testkit.SimulatedRun;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

/** Properties that {@link ShrinkingTest} runs and that fail: no build finds them by their name. */
final class ShrinkingExamples {
  private ShrinkingExamples() {}

  @Domain(RaftDomain.class)
  static class AnySchedule {
    @Property(seed = "1")
    void noPowerCut(@ForAll FaultSchedule faults) {
      boolean cut = faults.strikes().stream().anyMatch(s -> s.fault().kind().equals("PowerCut"));
      if (cut) {
        throw new AssertionError(faults.format());
      }
    }
  }

  /** Remembers nothing of its log: who comes back is wrong from the first command on. */
  private static final class Starts implements StateMachine<Long, Long> {
    @Override
    public void apply(CommittedBatch<Long, Long> batch) {
      while (batch.next()) {
        batch.reply(batch.command());
      }
    }

    @Override
    public Long query(Long query) {
      return query;
    }
  }

  @Domain(RaftDomain.class)
  @Domain(DomainContext.Global.class)
  static class Runs {
    /** Three starts are what three nodes need; a fourth one is somebody's second. */
    @Property(seed = "1", tries = 20)
    void nobodyIsStartedAgain(
        @ForAll("crashes and pauses") FaultSchedule faults,
        @ForAll("commands") List<Long> commands,
        @ForAll("seeds") long seed) {
      AtomicInteger starts = new AtomicInteger();
      RunPlan plan =
          RunPlan.of(seed)
              .withNodes(3)
              .withClients(1)
              .withLength(Duration.ofSeconds(2))
              .withMaxOperations(commands.size())
              .withSchedule(faults);
      ServiceUnderTest<Long, Long, Starts> service =
          ServiceUnderTest.of(
                  () -> {
                    int unused = starts.incrementAndGet();
                    return new Starts();
                  },
                  Codec.int64(),
                  Codec.int64())
              .asking(commands);
      RunReport report = new SimulatedRun(plan, RunObserver.NONE, service).run().requirePassed();
      if (starts.get() > 3) {
        throw new AssertionError(report.schedule().format() + "commands " + commands);
      }
    }

    @Provide("crashes and pauses")
    Arbitrary<FaultSchedule> crashesAndPauses() {
      FaultArbitraries faults = RaftArbitraries.faults(3, 1);
      Arbitrary<Fault> pauses = faults.pauses();
      return RaftArbitraries.schedules(pauses, faults.crashes()).within(Duration.ofSeconds(1));
    }

    @Provide
    Arbitrary<List<Long>> commands() {
      return RaftArbitraries.commands(Arbitraries.longs().between(1, 9));
    }

    @Provide
    Arbitrary<Long> seeds() {
      return RaftArbitraries.seeds();
    }
  }
}
