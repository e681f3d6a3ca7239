package io.bowline.raft.testkit.jqwik;

import io.bowline.raft.testkit.Fault;
import io.bowline.raft.testkit.FaultSchedule;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

/**
 * Any faults of a cluster of three nodes and two clients, for properties that name no kinds: with
 * {@code @Domain(RaftDomain.class)} a {@code @ForAll FaultSchedule} and a {@code @ForAll Fault}
 * need no provider.
 */
public final class RaftDomain extends DomainContextBase {
  private static final int NODES = 3;
  private static final int CLIENTS = 2;

  /** For jqwik, which makes one for each property. */
  public RaftDomain() {}

  /** Any one fault. */
  @Provide
  public Arbitrary<Fault> faults() {
    return RaftArbitraries.faults(NODES, CLIENTS).any();
  }

  /** Any schedule. */
  @Provide
  public Arbitrary<FaultSchedule> schedules() {
    return RaftArbitraries.schedules(faults());
  }
}
