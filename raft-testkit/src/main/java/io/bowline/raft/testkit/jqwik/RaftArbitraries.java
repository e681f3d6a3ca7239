package io.bowline.raft.testkit.jqwik;

import io.bowline.raft.testkit.Fault;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.arbitraries.ListArbitrary;

/** What a property over a simulated cluster is given. */
public final class RaftArbitraries {
  private static final int MOST_COMMANDS = 60;

  private RaftArbitraries() {}

  /**
   * The faults of a cluster of that size, one arbitrary for each kind.
   *
   * @param nodes 1 to 7; faults name {@code n1} to this one
   * @param clients 1 to 16
   */
  public static FaultArbitraries faults(int nodes, int clients) {
    return new FaultArbitraries(nodes, clients);
  }

  /**
   * Schedules of faults of these kinds, all alike likely. They shrink to fewer, earlier, shorter
   * and simpler ones; of two kinds the one named first is simpler.
   */
  @SafeVarargs
  public static FaultScheduleArbitrary schedules(Arbitrary<? extends Fault>... kinds) {
    List<Arbitrary<? extends Fault>> all = new ArrayList<>();
    for (Arbitrary<? extends Fault> kind : kinds) {
      all.add(kind);
    }
    return new FaultScheduleArbitrary(Arbitraries.oneOf(all));
  }

  /**
   * What clients ask for one after the other: 1 to 60 commands unless sized otherwise. They shrink
   * to fewer and simpler ones. For {@link io.bowline.raft.testkit.ServiceUnderTest#asking(List)}.
   */
  public static <C> ListArbitrary<C> commands(Arbitrary<C> command) {
    return command.list().ofMinSize(1).ofMaxSize(MOST_COMMANDS);
  }

  /** Seeds of runs. They do not shrink: each is another run, and none is simpler than another. */
  public static Arbitrary<Long> seeds() {
    return Arbitraries.longs()
        .between(1, 0xFFFF_FFFFL)
        .withDistribution(RandomDistribution.uniform())
        .withoutEdgeCases()
        .dontShrink();
  }
}
