package io.bowline.raft.testkit;

import static io.bowline.raft.testkit.GhostGroup.assertSeen;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.TermRun;
import io.bowline.raft.runtime.NodeEnvironment.Stage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a closed node leaves behind, a second group on each host, and directories that come back.
 */
class EdgeChecksTest {
  private static final NodeId FIRST = NodeId.of("n1");

  private final Simulation simulation = new Simulation(7);

  private Cluster serving(ClusterSettings settings) {
    Cluster cluster = new Cluster(simulation, settings, new Ledger());
    cluster.start();
    simulation.run(Duration.ofSeconds(10));
    assertThat(cluster.ghost().lastIndex()).isPositive();
    return cluster;
  }

  private Cluster serving() {
    return serving(ClusterSettings.calm(3, 2));
  }

  /** At rest: what runs after a close begins in the same instant. */
  private SimulatedNode resting(Cluster cluster) {
    cluster.history().end();
    simulation.run(Duration.ofSeconds(5));
    SimulatedNode node = cluster.node((cluster.leaderSlot() + 1) % 3);
    assertThat(node.isUp()).isTrue();
    return node;
  }

  private SimulatedEnvironment world(SimulatedNode node) {
    SimulatedEnvironment world = node.environment();
    assertThat(world).isNotNull();
    return world;
  }

  @Test
  void aNodeThatIsClosedIsStill() {
    SimulatedNode node = resting(serving());
    node.stop();
    simulation.run(Duration.ofSeconds(2));

    assertThat(node.isUp()).isFalse();
    assertThat(simulation.marks().seen()).containsKey("closed and still");
  }

  @Test
  void aTimerThatIsLeftIsSeen() {
    SimulatedNode node = resting(serving());
    SimulatedEnvironment world = world(node);
    node.stop();
    Runnable unused = world.schedule(world.nanoTime() + 3_600_000_000_000L, () -> {});

    assertSeen("CLOSED_IS_STILL", () -> simulation.run(Duration.ofSeconds(2)));
  }

  @Test
  void aFileThatIsLeftOpenIsSeen() throws IOException {
    SimulatedNode node = resting(serving());
    ProcessDisk disk = (ProcessDisk) world(node).disk();
    disk.open(SimulatedNode.DIRECTORY.resolve("ballot"));
    node.stop();

    assertSeen("CLOSED_IS_STILL", () -> simulation.run(Duration.ofSeconds(2)));
  }

  @Test
  void aTaskThatGoesOnIsSeen() {
    SimulatedNode node = resting(serving());
    StageExecutor background = world(node).stage(Stage.SNAPSHOT);
    background.nextStands(3_600_000_000_000L); // no foreign code runs there
    background.execute(() -> {});
    node.stop();

    assertSeen("CLOSED_IS_STILL", () -> simulation.run(Duration.ofSeconds(2)));
  }

  @Test
  void aCloseThatDoesNotEndIsSeen() {
    SimulatedNode node = resting(serving());
    world(node).stage(Stage.LOG).nextStands(3_600_000_000_000L); // no foreign code runs there
    node.stop();

    assertSeen("CLOSES_IN_TIME", () -> simulation.run(Duration.ofSeconds(20)));
  }

  @Test
  void aHaltThatHidesWhatWasThrownIsSeen() {
    SimulatedNode node = resting(serving());
    node.foreign().throwsNext(Seam.APPLY, Thrown.ERROR, 1);
    node.foreign().appliesFrom();
    try {
      node.foreign().called(Seam.APPLY);
    } catch (NoSuchMethodError expected) {
      assertThat(node.foreign().mayEndTheNode()).isEqualTo(Thrown.ERROR);
    }
    Life life = node.life();
    assertThat(life).isNotNull();

    assertSeen("HALT_SAYS_WHY", () -> node.halted(life, "something went wrong"));
  }

  @Test
  void aStateMachineThatThrowsOnceIsStartedAgain() {
    Cluster cluster = serving();
    new ForeignFault.ForeignThrows(FIRST, Seam.APPLY, Thrown.RUNTIME_EXCEPTION, 1).strike(cluster);
    simulation.run(Duration.ofSeconds(5));
    assertThat(cluster.node(0).isUp()).isFalse();
    assertThat(simulation.marks().seen()).containsKeys("apply threw", "halted by foreign code");

    cluster.behaves(0);
    cluster.history().end(); // so that nothing is on its way to it
    simulation.run(Duration.ofSeconds(5));
    assertThat(cluster.node(0).lastApplied()).isEqualTo(cluster.ghost().lastIndex());
  }

  // Numbers that cannot be.

  @Test
  void eachNumberOfAMessageIsFound() {
    Message append =
        new Message.AppendReply(FIRST, 5, 6, false, 7, 8, List.of(new TermRun(9, 10, 11)));

    assertThat(AbsurdNumbers.countIn(append)).isEqualTo(7);
    assertThat(AbsurdNumbers.with(append, 1, 1L << 62))
        .isEqualTo(
            new Message.AppendReply(
                FIRST, 5, Integer.MAX_VALUE, false, 7, 8, List.of(new TermRun(9, 10, 11))));
    assertThat(AbsurdNumbers.with(append, 6, 0))
        .isEqualTo(
            new Message.AppendReply(FIRST, 5, 6, false, 7, 8, List.of(new TermRun(9, 10, 0))));
    assertThat(AbsurdNumbers.with(new Message.PreVote(FIRST, 1, new EntryId(2, 3)), 2, 1L << 62))
        .isEqualTo(new Message.PreVote(FIRST, 1, new EntryId(2, 1L << 62)));
  }

  @Test
  void oneMessageOfOneMemberIsAbsurd() {
    AbsurdNumbers absurd = new AbsurdNumbers();
    Message beat = new Message.Heartbeat(FIRST, 1, 2, 3, 4, 0);
    Life member = new Life(0, 1);
    absurd.says(0, 1, 0, Long.MAX_VALUE);

    assertThat(absurd.instead(new Life(1, 1), Cluster.GROUP, beat)).isNull();
    assertThat(absurd.instead(member, Cluster.NEIGHBOUR, beat)).isNull();
    assertThat(absurd.instead(member, Cluster.GROUP, beat)).isNull(); // the one that is skipped
    assertThat(absurd.instead(member, Cluster.GROUP, beat))
        .isEqualTo(new Message.Heartbeat(FIRST, Long.MAX_VALUE, 2, 3, 4, 0));
    assertThat(absurd.instead(member, Cluster.GROUP, beat)).isNull();
  }

  // The second group.

  private static ClusterSettings withNeighbour() {
    ClusterSettings calm = ClusterSettings.calm(3, 2);
    return new ClusterSettings(
        calm.network(), calm.nodes(), calm.clients(), calm.group(), false, true);
  }

  @Test
  void theNeighboursHaveALogOfTheirOwnAndAreCheckedAlike() {
    Cluster cluster = serving(withNeighbour());
    Service<?, ?> neighbour = cluster.neighbour();
    assertThat(neighbour).isNotNull();
    assertThat(neighbour.ghost().effective()).isGreaterThan(50);
    assertThat(neighbour.history().count(History.State.COMMITTED)).isGreaterThan(50);
    cluster.crash(1);
    simulation.run(Duration.ofSeconds(5));
    cluster.restart(1);
    simulation.run(Duration.ofSeconds(10));
    cluster.history().end();
    neighbour.history().end();
    simulation.run(Duration.ofSeconds(10));

    for (SimulatedNode node : cluster.nodes()) {
      assertThat(node.neighbourApplied()).isEqualTo(neighbour.ghost().lastIndex());
      assertThat(node.lastApplied()).isEqualTo(cluster.ghost().lastIndex());
    }
  }

  @Test
  void oneGroupDoesNotFeelThatTheOthersStateMachinesStand() {
    Cluster cluster = serving(withNeighbour());
    Service<?, ?> neighbour = cluster.neighbour();
    assertThat(neighbour).isNotNull();
    long ours = cluster.ghost().lastIndex();
    long theirs = neighbour.ghost().lastIndex();
    for (SimulatedNode node : cluster.nodes()) {
      world(node).stage(Stage.APPLY).nextStands(3_000_000_000L); // whichever comes first
    }
    simulation.run(Duration.ofSeconds(2));

    long grown = cluster.ghost().lastIndex() - ours;
    long beside = neighbour.ghost().lastIndex() - theirs;
    assertThat(Math.max(grown, beside)).isGreaterThan(10);
  }

  // Directories.

  private Cluster founded() {
    Cluster cluster = serving();
    assertThat(cluster.protocol().members().all()).isTrue();
    return cluster;
  }

  @Test
  void aFirstStartMayComeLate() {
    Cluster cluster = new Cluster(simulation, ClusterSettings.calm(3, 1), new Ledger());
    new DirectoryFault.StartsLate(FIRST, 3_000_000_000L).strike(cluster);
    cluster.start();
    cluster.restart(0);
    simulation.run(Duration.ofSeconds(2));
    assertThat(cluster.node(0).isUp()).isFalse();
    simulation.run(Duration.ofSeconds(2));

    assertThat(cluster.node(0).isUp()).isTrue();
    assertThat(simulation.marks().seen()).containsKey("started late");
  }

  @Test
  void aCopyComesBackBehindTheStartsThatItHasMissed() {
    for (boolean running : new boolean[] {true, false}) {
      EdgeChecksTest fresh = new EdgeChecksTest();
      Cluster cluster = fresh.founded();
      int follower = (cluster.leaderSlot() + 1) % 3;
      int lives = cluster.node(follower).lives();
      Runnable undo =
          new DirectoryFault.CopyDirectory(cluster.id(follower), 2, running).strike(cluster);
      fresh.simulation.run(Duration.ofSeconds(5));
      assertThat(cluster.node(follower).lives()).isEqualTo(lives + 2);
      undo.run();

      assertThat(fresh.simulation.marks().seen()).containsKey("copy returned");
      assertThat(cluster.protocol().isSpoilt(follower)).isTrue();
    }
  }

  @Test
  void aDirectoryIsBackAfterAnotherOne() {
    Cluster cluster = founded();
    int follower = (cluster.leaderSlot() + 1) % 3;
    new DirectoryFault.Flip(cluster.id(follower), 1_000_000_000L).strike(cluster);
    assertThat(cluster.protocol().node(follower).log().last()).isZero();
    simulation.run(Duration.ofSeconds(3));

    assertThat(simulation.marks().seen()).containsKey("directory flipped");
    assertThat(cluster.protocol().node(follower).log().last()).isPositive();
  }
}
