package io.bowline.raft.testkit.jqwik;

import io.bowline.raft.model.NodeId;
import io.bowline.raft.testkit.ClientFault;
import io.bowline.raft.testkit.ClockFault;
import io.bowline.raft.testkit.DiskFault;
import io.bowline.raft.testkit.Fault;
import io.bowline.raft.testkit.NetworkFault;
import io.bowline.raft.testkit.NodeFault;
import io.bowline.raft.testkit.OperatorFault;
import io.bowline.raft.testkit.RunPlan;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;

/**
 * Each kind of fault as an arbitrary: which nodes it strikes and how hard. They shrink towards
 * {@code n1}, few nodes, both directions and little strength. For how long a fault lasts is said by
 * the schedule, but for those that know it themselves.
 */
public final class FaultArbitraries {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final int nodes;
  private final int clients;

  FaultArbitraries(int nodes, int clients) {
    if (nodes < 1 || nodes > RunPlan.MAX_NODES || clients < 1 || clients > RunPlan.MAX_CLIENTS) {
      throw new IllegalArgumentException("faults of " + nodes + " nodes, " + clients + " clients");
    }
    this.nodes = nodes;
    this.clients = clients;
  }

  static Arbitrary<Long> millis(long least, long most) {
    return Arbitraries.longs()
        .between(least, most)
        .withDistribution(RandomDistribution.uniform())
        .withoutEdgeCases();
  }

  private static Arbitrary<Long> nanos(long leastMillis, long mostMillis) {
    return millis(leastMillis, mostMillis).map(some -> some * NANOS_PER_MILLI);
  }

  private Arbitrary<NodeId> node() {
    return Arbitraries.of(
        IntStream.rangeClosed(1, nodes).mapToObj(number -> NodeId.of("n" + number)).toList());
  }

  private Arbitrary<SortedSet<NodeId>> side() {
    return node().set().ofMinSize(1).ofMaxSize(Math.max(1, nodes - 1)).map(TreeSet::new);
  }

  private static Arbitrary<Double> percent(int most) {
    return Arbitraries.integers().between(1, most).map(some -> some / 100.0);
  }

  /** Of each sector that was not synced: none survives, half of them, all. */
  private static Arbitrary<Double> survival() {
    return Arbitraries.of(0.0, 0.5, 1.0);
  }

  /** How many changes to the disk a process may still do. */
  private static Arbitrary<Integer> changes() {
    return Arbitraries.integers().between(1, 20);
  }

  private static Arbitrary<Long> order() {
    return Arbitraries.longs().between(0, Integer.MAX_VALUE).dontShrink();
  }

  // ---- the network

  /** One node is cut off from all others and from clients. */
  public Arbitrary<Fault> isolations() {
    return node().map(NetworkFault.Isolate::new);
  }

  /** Some nodes are cut off from the others and from clients, in both directions or in one. */
  public Arbitrary<Fault> partitions() {
    return Combinators.combine(side(), Arbitraries.of(0, 1, 2))
        .as((side, way) -> new NetworkFault.Partition(side, way != 2, way != 1));
  }

  /** Two sides that both see one node in the middle, and not each other. */
  public Arbitrary<Fault> bridges() {
    return Combinators.combine(node(), side()).as(NetworkFault.Bridge::new);
  }

  /** Paths of some nodes are clogged one after the other and opened in another order. */
  public Arbitrary<Fault> flappings() {
    return Combinators.combine(side(), nanos(50, 1_000), order()).as(NetworkFault.Swizzle::new);
  }

  /** One path takes 5 to 50 times as long, in one direction. */
  public Arbitrary<Fault> slowPaths() {
    return Combinators.combine(node(), node(), Arbitraries.integers().between(5, 50))
        .as(NetworkFault.SlowPath::new);
  }

  /** What one node sends to another vanishes and nothing tells; then the connection is reset. */
  public Arbitrary<Fault> halfOpenConnections() {
    return Combinators.combine(node(), node()).as(NetworkFault.HalfOpen::new);
  }

  /** Nobody can open a new connection to a node. */
  public Arbitrary<Fault> refusedConnections() {
    return node().map(NetworkFault.Refusing::new);
  }

  /** What a node sends arrives when it is over. */
  public Arbitrary<Fault> heldMessages() {
    return node().map(NetworkFault.Held::new);
  }

  /** Each message is lost with 1 to 30 %; only half of the seeds have a network that loses. */
  public Arbitrary<Fault> messageLoss() {
    return percent(30).map(NetworkFault.Loss::new);
  }

  /** Each message comes twice with 1 to 30 %, on the same half of the seeds. */
  public Arbitrary<Fault> duplicates() {
    return percent(30).map(NetworkFault.Duplicates::new);
  }

  /** Each message comes again up to a minute later with 1 to 10 %, on the same half. */
  public Arbitrary<Fault> staleMessages() {
    return percent(10).map(NetworkFault.Stale::new);
  }

  /** Each send breaks its connection with 0.1 to 2 %. */
  public Arbitrary<Fault> resets() {
    return Arbitraries.integers().between(1, 20).map(some -> new NetworkFault.Resets(some / 1e3));
  }

  /** Bits of a message flip with 0.1 to 2 %. */
  public Arbitrary<Fault> corruption() {
    return Arbitraries.integers()
        .between(1, 20)
        .map(some -> new NetworkFault.Corruption(some / 1e3));
  }

  // ---- processes and machines

  /** A process is killed, and started again when the fault is over. */
  public Arbitrary<Fault> crashes() {
    return node().map(NodeFault.Crash::new);
  }

  /** A process is killed around one of its next changes to the disk, in half of them by power. */
  public Arbitrary<Fault> crashesInCalls() {
    Arbitrary<Double> kept = Arbitraries.of(Double.NaN, 0.0, 0.5, 1.0);
    return Combinators.combine(node(), changes(), kept).as(NodeFault.CrashInCall::new);
  }

  /** A machine loses its power: what was not synced survives in part or not at all. */
  public Arbitrary<Fault> powerCuts() {
    return Combinators.combine(node(), survival()).as(NodeFault.PowerCut::new);
  }

  /** The power goes, comes back, and goes again in the recovery. */
  public Arbitrary<Fault> doublePowerCuts() {
    return Combinators.combine(node(), changes(), survival()).as(NodeFault.DoublePowerCut::new);
  }

  /** All machines lose their power at one instant. */
  public Arbitrary<Fault> powerCutsOfAll() {
    return survival().map(NodeFault.PowerCutOfAll::new);
  }

  /** A process gets no turn for 0.05 to 8 s; its clock goes on. */
  public Arbitrary<Fault> pauses() {
    return Combinators.combine(node(), nanos(50, 8_000)).as(NodeFault.Pause::new);
  }

  /** A node is closed in order, and opened again. */
  public Arbitrary<Fault> stops() {
    return node().map(OperatorFault.Stop::new);
  }

  /** Each node is closed and opened again, one after the other, 1 to 4 s apart. */
  public Arbitrary<Fault> rollingRestarts() {
    return nanos(1_000, 4_000).map(OperatorFault.RollingRestart::new);
  }

  // ---- disks

  /** A disk completes no force for 0.2 to 8 s. */
  public Arbitrary<Fault> slowDisks() {
    return Combinators.combine(node(), nanos(200, 8_000)).as(DiskFault.DiskStall::new);
  }

  /** A disk's next force fails. */
  public Arbitrary<Fault> failedForces() {
    return node().map(DiskFault.ForceFailure::new);
  }

  /** A disk's next write fails. */
  public Arbitrary<Fault> failedWrites() {
    return node().map(DiskFault.WriteFailure::new);
  }

  /** A disk has no room, then it has again. */
  public Arbitrary<Fault> fullDisks() {
    return node().map(DiskFault.DiskFull::new);
  }

  // ---- clocks and clients

  /** A clock runs 0.1 to 5 % too fast or too slow. */
  public Arbitrary<Fault> clockRates() {
    return Combinators.combine(
            node(), Arbitraries.longs().between(1, 50), Arbitraries.of(1_000L, -1_000L))
        .as((id, permille, way) -> new ClockFault.ClockRate(id, permille * way));
  }

  /** A machine is suspended for 1 to 15 s: its clock stands still too. */
  public Arbitrary<Fault> suspensions() {
    return Combinators.combine(node(), nanos(1_000, 15_000)).as(ClockFault.Suspend::new);
  }

  /** A client is killed, and comes back as another one. */
  public Arbitrary<Fault> clientCrashes() {
    return client().map(ClientFault.ClientCrash::new);
  }

  /** A client gets no turn for 0.05 to 5 s. */
  public Arbitrary<Fault> clientPauses() {
    return Combinators.combine(client(), nanos(50, 5_000)).as(ClientFault.ClientPause::new);
  }

  private Arbitrary<Integer> client() {
    return Arbitraries.integers().between(0, clients - 1);
  }

  // ---- several

  /** Any of the above, all kinds alike likely. */
  public Arbitrary<Fault> any() {
    return Arbitraries.oneOf(
        List.of(
            crashes(),
            isolations(),
            partitions(),
            bridges(),
            flappings(),
            slowPaths(),
            halfOpenConnections(),
            refusedConnections(),
            heldMessages(),
            messageLoss(),
            duplicates(),
            staleMessages(),
            resets(),
            corruption(),
            crashesInCalls(),
            powerCuts(),
            doublePowerCuts(),
            powerCutsOfAll(),
            pauses(),
            stops(),
            rollingRestarts(),
            slowDisks(),
            failedForces(),
            failedWrites(),
            fullDisks(),
            clockRates(),
            suspensions(),
            clientCrashes(),
            clientPauses()));
  }
}
