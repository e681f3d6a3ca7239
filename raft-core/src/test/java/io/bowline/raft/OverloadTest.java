package io.bowline.raft;

import static io.bowline.raft.OneNode.committed;
import static io.bowline.raft.OneNode.config;
import static io.bowline.raft.OneNode.outcome;
import static io.bowline.raft.OneNode.refused;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.storage.Disk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a node has taken on is bounded until it is applied and told, and every call ends in time.
 */
@Timeout(60)
class OverloadTest {
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch reached = new CountDownLatch(1);

  @AfterEach
  void letGo() {
    release.countDown();
  }

  private void block() {
    reached.countDown();
    boolean free = false;
    while (!free) {
      try {
        release.await();
        free = true;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static boolean waited(CountDownLatch latch) {
    try {
      return latch.await(20, SECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  private static <T> List<T> times(int count, Supplier<T> call) {
    List<T> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      calls.add(call.get());
    }
    return calls;
  }

  @Test
  void proposalsCountUntilTheyAreAppliedHere() throws Exception {
    RaftConfig config =
        config().proposalTimeout(Duration.ofSeconds(30)).maxPendingProposals(100).build();
    try (OneNode one = new OneNode(config)) {
      one.machine.bend("apply stop", this::block);
      CompletableFuture<Outcome<Long>> stuck = one.node.propose("stop");
      reached.await();

      List<CompletableFuture<Outcome<Long>>> calls = times(1_000, () -> one.node.propose("x"));
      List<CompletableFuture<Outcome<Long>>> over = calls.subList(99, 1_000);

      assertThat(over)
          .allSatisfy(
              call ->
                  assertThat(refused(call))
                      .isEqualTo(new Refusal.Overloaded("maxPendingProposals", 100, 100)));
      release.countDown();
      assertThat(committed(stuck)).isEqualTo(2);
      calls.subList(0, 99).forEach(OneNode::committed);
      assertThat(committed(one.node.propose("again"))).isEqualTo(102);
    }
  }

  @Test
  void bytesCountUntilTheyAreAppliedHere() throws Exception {
    RaftConfig config =
        config()
            .proposalTimeout(Duration.ofSeconds(30))
            .maxCommandBytes(8 << 10)
            .maxUncommittedBytes(64 << 10)
            .build();
    try (OneNode one = new OneNode(config)) {
      one.machine.bend("apply stop", this::block);
      CompletableFuture<?> unused = one.node.propose("stop");
      reached.await();
      String large = "x".repeat(4 << 10);

      List<CompletableFuture<Outcome<Long>>> calls = times(100, () -> one.node.propose(large));

      assertThat(calls.stream().filter(CompletableFuture::isDone).count()).isEqualTo(85);
      assertThat(refused(calls.get(99))).isInstanceOf(Refusal.Overloaded.class);
      release.countDown();
      assertThat(calls.stream().filter(c -> outcome(c) instanceof Outcome.Committed).count())
          .isEqualTo(15);
    }
  }

  @Test
  void bytesCountUntilTheyAreDurableHere(@TempDir Path directory) throws Exception {
    AtomicBoolean stalls = new AtomicBoolean();
    Disk disk = new StallingDisk(stalls::get, this::block);
    RaftConfig config =
        config()
            .proposalTimeout(Duration.ofSeconds(30))
            .maxCommandBytes(8 << 10)
            .maxUncommittedBytes(64 << 10)
            .build();
    try (OneNode one = new OneNode(config, directory, disk)) {
      stalls.set(true);
      CompletableFuture<?> unused = one.node.propose("x");
      reached.await();
      String large = "x".repeat(4 << 10);

      List<CompletableFuture<Outcome<Long>>> calls = times(100, () -> one.node.propose(large));

      assertThat(calls.stream().filter(CompletableFuture::isDone).count()).isEqualTo(85);
      stalls.set(false);
      release.countDown();
      assertThat(calls.stream().filter(c -> outcome(c) instanceof Outcome.Committed).count())
          .isEqualTo(15);
    }
  }

  @Test
  void readsCountUntilTheyAreAnswered() throws Exception {
    RaftConfig config =
        config().proposalTimeout(Duration.ofSeconds(30)).maxWaitingReads(100).build();
    try (OneNode one = new OneNode(config)) {
      one.machine.bend("apply stop", this::block);
      CompletableFuture<?> unused = one.node.propose("stop");
      reached.await();

      List<CompletableFuture<Outcome<Long>>> calls = times(2_000, () -> one.node.read("q"));

      assertThat(calls.subList(100, 2_000))
          .allSatisfy(
              call ->
                  assertThat(refused(call))
                      .isEqualTo(new Refusal.Overloaded("maxWaitingReads", 100, 100)));
      release.countDown();
      calls.subList(0, 100).forEach(OneNode::committed);
      assertThat(committed(one.node.read("q"))).isEqualTo(2);
    }
  }

  @Test
  void anOutcomeThatNobodyTakesCountsToo() throws Exception {
    RaftConfig config =
        config().proposalTimeout(Duration.ofSeconds(30)).maxPendingProposals(40).build();
    try (OneNode one = new OneNode(config)) {
      CountDownLatch chained = new CountDownLatch(1); // or this thread would run what it chains
      one.machine.bend("StateMachine.apply", () -> assertThat(waited(chained)).isTrue());
      List<CompletableFuture<Void>> calls =
          times(40, () -> one.node.propose("x").thenRun(this::block));
      chained.countDown();

      await().until(() -> refused(one.node.propose("y")) instanceof Refusal.Overloaded);
      release.countDown();

      calls.forEach(CompletableFuture::join);
      await().until(() -> outcome(one.node.propose("z")) instanceof Outcome.Committed);
    }
  }

  @Test
  void callsEndInTimeWhileApplyIsBlocked() throws Exception {
    try (OneNode one = new OneNode(config().build())) {
      one.machine.bend("apply stop", this::block);
      CompletableFuture<Outcome<Long>> applying = one.node.propose("stop");
      reached.await(); // or the read might be answered before it
      CompletableFuture<Outcome<Long>> waiting = one.node.propose("x");
      CompletableFuture<Outcome<Long>> read = one.node.read("q");

      assertThat(outcome(applying)).isInstanceOf(Outcome.Unknown.class);
      assertThat(outcome(waiting)).isInstanceOf(Outcome.Unknown.class);
      assertThat(refused(read)).isInstanceOf(Refusal.TimedOut.class);
      assertThat(refused(one.node.propose("y")))
          .isInstanceOfSatisfying(
              Refusal.Overloaded.class,
              over -> assertThat(over.limit()).isEqualTo("applyBacklogMillis"));
      release.countDown();
      await().until(() -> outcome(one.node.propose("z")) instanceof Outcome.Committed);
    }
  }

  @Test
  void callsEndInTimeWhileAQueryIsBlocked() throws Exception {
    try (OneNode one = new OneNode(config().build())) {
      one.machine.bend("query stop", this::block);
      CompletableFuture<Outcome<Long>> asked = one.node.read("stop");
      reached.await();
      CompletableFuture<Outcome<Long>> proposed = one.node.propose("x");

      assertThat(refused(asked)).isInstanceOf(Refusal.TimedOut.class);
      assertThat(outcome(proposed)).isInstanceOf(Outcome.Unknown.class);
      release.countDown();
      await().until(() -> outcome(one.node.read("q")) instanceof Outcome.Committed);
    }
  }

  @Test
  void callsEndWhenTheNodeIsClosedWithinApply() throws Exception {
    RaftConfig config = config().proposalTimeout(Duration.ofMinutes(1)).build();
    try (OneNode one = new OneNode(config)) {
      one.machine.bend("apply stop", this::block);
      CompletableFuture<Outcome<Long>> applying = one.node.propose("stop");
      reached.await();

      CompletableFuture<?> unused = one.node.closeAsync();

      assertThat(outcome(applying)).isInstanceOf(Outcome.Unknown.class);
      release.countDown();
    }
  }

  @Test
  void whatASlowStateMachineWouldNotReachInTimeIsRefused() throws Exception {
    try (OneNode one = new OneNode(config().build())) {
      one.machine.bend("StateMachine.apply", () -> LockSupport.parkNanos(1_000_000));
      List<CompletableFuture<Outcome<Long>>> calls = new ArrayList<>();
      long end = System.nanoTime() + 2_000_000_000L;
      while (System.nanoTime() - end < 0) {
        calls.addAll(times(50, () -> one.node.propose("x")));
        LockSupport.parkNanos(10_000_000);
      }

      List<Outcome<Long>> outcomes = calls.stream().map(OneNode::outcome).toList();

      assertThat(outcomes.stream().filter(o -> o instanceof Outcome.Committed).count())
          .isGreaterThan(20);
      long refused = outcomes.stream().filter(o -> o instanceof Outcome.NotCommitted).count();
      long unknown = outcomes.stream().filter(o -> o instanceof Outcome.Unknown).count();
      assertThat(refused).isPositive();
      assertThat(unknown).isLessThan(outcomes.size() / 4);
      one.machine.mend("StateMachine.apply");
      await()
          .atMost(Duration.ofSeconds(2))
          .until(() -> outcome(one.node.propose("z")) instanceof Outcome.Committed);
    }
  }
}
