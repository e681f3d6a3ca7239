package io.bowline.raft.testkit;

import static io.bowline.raft.testkit.GhostGroup.assertSeen;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.NodeId;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What faults do to a cluster of shipped nodes, one by one, and what they must not do. */
class DamageFaultTest {
  private static final NodeId N2 = NodeId.of("n2");

  private final Simulation simulation = new Simulation(3);
  private final Cluster cluster = new Cluster(simulation, settings(4096), new Ledger());

  private static ClusterSettings settings(int alignment) {
    return settings(node -> node.withBlockAlignment(alignment));
  }

  private static ClusterSettings settings(UnaryOperator<NodeSettings> change) {
    ClusterSettings calm = ClusterSettings.calm(3, 2);
    return new ClusterSettings(
        calm.network(),
        calm.nodes().stream().map(change).toList(),
        calm.clients(),
        calm.group(),
        calm.onlyCommands(),
        false);
  }

  private long serve(Cluster serving, int seconds) {
    long before = serving.ghost().lastIndex();
    serving.simulation().run(Duration.ofSeconds(seconds));
    return serving.ghost().lastIndex() - before;
  }

  private void strikeFor(Cluster struck, Fault fault, int seconds) {
    Runnable undo = fault.strike(struck);
    struck.simulation().run(Duration.ofSeconds(seconds));
    undo.run();
  }

  @Test
  void spoiltNeighboursOfAlignedBlocksHarmNothing() {
    cluster.start();
    for (int round = 0; round < 10; round++) {
      serve(cluster, 4);
      strikeFor(cluster, new DamageFault.SpoiltNeighbour(N2, 300_000_000, 0.5), 1);
    }

    assertThat(serve(cluster, 15)).isPositive();

    assertThat(cluster.node(1).isUp()).isTrue();
    assertThat(cluster.protocol().isSpoilt(1)).isFalse();
    cluster.node(1).requireWhole();
  }

  @Test
  void spoiltNeighboursOfUnalignedBlocksCountAsDamage() {
    Simulation other = new Simulation(4);
    Cluster unaligned = new Cluster(other, settings(512), new Ledger());
    unaligned.start();
    assertThat(serve(unaligned, 10)).isPositive();
    strikeFor(unaligned, new DamageFault.SpoiltNeighbour(N2, 300_000_000, 0), 1);
    serve(unaligned, 5);

    assertThat(unaligned.protocol().isSpoilt(1)).isTrue();
    assertThat(unaligned.maySpoil(0)).isFalse(); // two of three must stay
  }

  @Test
  void aMisdirectedWriteIsNeverGivenOutAndTheNodeDoesNotStartWithIt() {
    cluster.start();
    assertThat(serve(cluster, 10)).isPositive();
    strikeFor(cluster, new DamageFault.Misdirected(N2, 5), 1);
    assertThat(cluster.protocol().isSpoilt(1)).isTrue();
    serve(cluster, 3);
    cluster.crash(1);
    cluster.restart(1);

    assertThat(cluster.node(1).isRetired()).isTrue();
    assertThat(serve(cluster, 5)).isPositive();
  }

  @Test
  void aMisdirectedWriteThatNobodyKnowsOfIsSeen() {
    cluster.start();
    serve(cluster, 10);
    cluster.protocol().node(1).durable().misdirect(new Prng(5));
    cluster.crash(1);

    assertSeen("RECOVERY", () -> cluster.restart(1));
  }

  @Test
  void aLeaderThatCannotReadItsLogForAFollowerEnds() {
    Cluster forgetful =
        new Cluster(new Simulation(5), settings(n -> n.withTailCacheBytes(0)), new Ledger());
    forgetful.start();
    assertThat(serve(forgetful, 5)).isPositive();
    int leader = forgetful.leaderSlot();
    int behind = (leader + 1) % 3;
    forgetful.crash(behind);
    assertThat(serve(forgetful, 5)).isPositive();
    forgetful.protocol().spoilt(leader);
    for (int block = 0; block < 50; block++) {
      forgetful.protocol().node(leader).durable().misdirect(new Prng(block));
    }
    forgetful.restart(behind);

    assertThat(serve(forgetful, 20)).isPositive();
    assertThat(forgetful.node(leader).isUp()).isFalse();
    forgetful.node(behind).requireWhole();
  }

  @Test
  void whoFindsNoHandleComesBackWhenThereAreSome() {
    cluster.start();
    serve(cluster, 5);
    Runnable undo = new DiskFault.NoHandles(N2).strike(cluster);
    cluster.crash(1);
    cluster.restart(1);
    serve(cluster, 5);
    assertThat(cluster.node(1).isUp()).isFalse();

    undo.run();
    serve(cluster, 5);

    assertThat(cluster.node(1).isUp()).isTrue();
    assertThat(cluster.node(1).disk().counts().withoutHandle).isPositive();
  }

  @Test
  void whoAppliedAndDidNotAnswerIsKilledWithOrWithoutItsClient() {
    cluster.start();
    for (boolean clientToo : new boolean[] {false, true, false, true}) {
      serve(cluster, 5);
      strikeFor(cluster, new StormFault.Unanswered(clientToo), 3);
    }
    serve(cluster, 10);

    var seen = simulation.marks().seen();
    assertThat(seen).containsEntry(Mark.LEADER_DIED_UNANSWERED.text(), 4L);
    assertThat(seen).containsEntry(Mark.BOTH_DIED_UNANSWERED.text(), 2L);
    assertThat(cluster.history().count(History.State.ABANDONED)).isPositive();
    assertThat(cluster.ghost().effective()).isPositive();
  }
}
