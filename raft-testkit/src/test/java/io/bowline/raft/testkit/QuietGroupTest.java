package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.RaftNode;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.Outcome;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nobody proposes any more, and a node comes back: it catches up by what the leader sends of
 * itself, within three heartbeats of the first one that reaches it and a round trip for each probe,
 * and then no entry is sent any more.
 */
class QuietGroupTest {
  private static final long MILLI = 1_000_000;
  private static final long HEARTBEAT = 100 * MILLI;

  /** There and back, an answer's force, and what a turn may be late. */
  private static final long ROUND_TRIP = 10 * MILLI;

  private static final int PROBES = 4;
  private static final Duration LONG = Duration.ofSeconds(10);

  /** What the leader sends to one node from a moment on. */
  private static final class Sent implements SimulatedNetwork.Observer {
    private final Simulation simulation;
    private final int to;
    private long firstAt = Long.MAX_VALUE;
    private long lastAt;
    private long messages;
    private long bytes;
    private long received;

    Sent(Simulation simulation, int to) {
      this.simulation = simulation;
      this.to = to;
    }

    @Override
    public void sent(int from, int receiver, Message message) {
      if (receiver == to && message instanceof Message.Heartbeat) {
        firstAt = Math.min(firstAt, simulation.now());
      }
      if (receiver == to && message instanceof Message.AppendEntries append) {
        lastAt = simulation.now();
        messages++;
        bytes += append.entries().byteLength();
      }
    }

    @Override
    public void received(int from, int receiver, boolean fromTheDead, Message message) {
      received += receiver == to && message instanceof Message.AppendEntries ? 1 : 0;
    }
  }

  private final Simulation simulation = new Simulation(18);
  private final Cluster cluster = new Cluster(simulation, ClusterSettings.calm(3, 0), new Ledger());
  private final Prng random = new Prng(3);
  private long committed;

  private void start() {
    cluster.start();
    simulation.run(LONG);
    write(leader(), 20);
    simulation.run(LONG);
    assertThat(committed).isEqualTo(20);
  }

  private int leader() {
    return cluster.leaderSlot();
  }

  private int other(int than, int andThan) {
    return 3 - than - andThan;
  }

  private void write(int slot, int times) {
    simulation.run(
        () -> {
          for (int i = 0; i < times; i++) {
            write(Objects.requireNonNull(cluster.node(slot).node()));
          }
        });
  }

  @SuppressWarnings("unchecked") // the ledger's is the only service here
  private void write(RaftNode<?, ?> node) {
    History<LedgerOp, LedgerAnswer> history = (History<LedgerOp, LedgerAnswer>) cluster.history();
    History.Call<LedgerOp> call = history.invoked(0, false, random);
    CompletableFuture<Outcome<LedgerAnswer>> future =
        ((RaftNode<LedgerOp, LedgerAnswer>) node).propose(call.value());
    history.sent();
    var unused =
        future.whenComplete(
            (outcome, thrown) -> {
              committed += outcome instanceof Outcome.Committed ? 1 : 0;
              history.returned(call, outcome, thrown);
            });
  }

  private void cut(int slot, boolean off) {
    for (int other = 0; other < 3; other++) {
      if (other != slot) {
        cluster.network().block(slot, other, off);
        cluster.network().block(other, slot, off);
      }
    }
  }

  /** Runs until it holds what its leader holds; nothing is proposed. */
  private void catchesUp(int slot, Sent sent, long mostBytes) {
    long began = simulation.now();
    while (cluster.node(slot).lastApplied() < cluster.node(leader()).lastApplied()) {
      simulation.run(Duration.ofMillis(1));
      assertThat(simulation.now() - began).as("ns, not caught up").isLessThan(LONG.toNanos());
    }
    long took = simulation.now() - sent.firstAt;
    System.out.printf(
        "n%d caught up %d ms after the first heartbeat, %d after its return, by %d messages, %d"
            + " bytes%n",
        slot + 1, took / MILLI, (simulation.now() - began) / MILLI, sent.messages, sent.bytes);
    assertThat(took).isLessThanOrEqualTo(3 * HEARTBEAT + PROBES * ROUND_TRIP);
    simulation.run(LONG);
    assertThat(sent.bytes).as("bytes sent, resends included").isLessThan(mostBytes);
    assertThat(simulation.now() - sent.lastAt)
        .as("ns since the last message with entries")
        .isGreaterThan(LONG.toNanos() / 2);
    assertThat(cluster.node(slot).lastApplied()).isEqualTo(cluster.node(leader()).lastApplied());
  }

  private Sent watch(int slot) {
    Sent sent = new Sent(simulation, slot);
    cluster.network().observe(sent);
    return sent;
  }

  @Test
  void whoWasDownDuringTheLastWrite() {
    start();
    int down = (leader() + 1) % 3;
    cluster.crash(down);
    simulation.run(LONG);
    write(leader(), 1);
    simulation.run(LONG);
    Sent sent = watch(down);

    cluster.restart(down);

    catchesUp(down, sent, 16 << 10);
  }

  @Test
  void bothWhoWereDownAtOnce() {
    start();
    int leader = leader();
    int one = (leader + 1) % 3;
    int two = other(leader, one);
    cluster.crash(one);
    simulation.run(Duration.ofMillis(100));
    write(leader, 1);
    simulation.run(Duration.ofMillis(100));
    cluster.crash(two);
    simulation.run(LONG);
    Sent toOne = watch(one);
    cluster.restart(one);
    cluster.restart(two);
    simulation.run(Duration.ofSeconds(3)); // an election
    Sent late = leader() == one ? watch(two) : toOne;

    assertThat(cluster.node(one).lastApplied()).isEqualTo(cluster.node(two).lastApplied());
    simulation.run(LONG);
    assertThat(late.bytes).isLessThan(64 << 10);
  }

  @ParameterizedTest(name = "{0} entries")
  @ValueSource(ints = {1, 2, 300})
  void whoHasEntriesThatNobodyElseHas(int entries) {
    start();
    int old = leader();
    cut(old, true);
    simulation.run(Duration.ofMillis(1));
    write(old, entries);
    simulation.run(LONG); // the others have elected one of them
    assertThat(leader()).isNotEqualTo(old);
    write(leader(), 1);
    simulation.run(LONG);
    Sent sent = watch(old);

    cut(old, false);

    catchesUp(old, sent, 64 << 10);
    assertThat(committed).isEqualTo(21);
  }

  @Test
  void whoWasAwayWhileTheLeaderChanged() {
    start();
    int away = (leader() + 1) % 3;
    cluster.crash(away);
    simulation.run(LONG);
    write(leader(), 1);
    simulation.run(LONG);
    int first = leader();
    cluster.crash(first);
    cluster.restart(away);
    simulation.run(LONG);
    int successor = leader();
    assertThat(successor).isNotEqualTo(first);
    cluster.restart(first);
    simulation.run(LONG);

    assertThat(cluster.node(away).lastApplied()).isEqualTo(cluster.node(successor).lastApplied());
    assertThat(cluster.node(first).lastApplied()).isEqualTo(cluster.node(successor).lastApplied());
  }

  @Test
  void whoseDirectoryWasEmptiedStaysOut() {
    start();
    int emptied = (leader() + 1) % 3;
    cluster.crash(emptied);
    simulation.run(LONG);
    write(leader(), 1);
    simulation.run(LONG);
    long term = cluster.node(leader()).lastApplied();
    Sent sent = watch(emptied);
    cluster.node(emptied).emptyDisk();

    cluster.restart(emptied);
    simulation.run(LONG);

    assertThat(cluster.node(emptied).lastApplied()).isZero();
    assertThat(sent.received).as("messages to a directory that nobody named").isZero();
    assertThat(sent.bytes)
        .as("probes, one a heartbeat, which no stream takes")
        .isLessThan(16 << 10);
    assertThat(cluster.node(leader()).lastApplied()).isEqualTo(term);
  }
}
