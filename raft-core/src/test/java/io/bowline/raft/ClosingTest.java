package io.bowline.raft;

import static io.bowline.raft.OneNodeGroups.ALONE;
import static io.bowline.raft.OneNodeGroups.committed;
import static io.bowline.raft.OneNodeGroups.outcome;
import static io.bowline.raft.OneNodeGroups.served;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.model.Outcome;
import io.bowline.raft.storage.Disk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a node and a host end, whatever they are in the middle of. */
class ClosingTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir Path directory;
  private OneNodeGroups groups = new OneNodeGroups(Path.of("."));
  private final CountDownLatch stuck = new CountDownLatch(1);
  private final CountDownLatch inside = new CountDownLatch(1);
  private final CountingMachine machine = new CountingMachine();

  @BeforeEach
  void open() {
    groups = new OneNodeGroups(directory);
  }

  @AfterEach
  void close() {
    stuck.countDown();
    groups.close();
  }

  private void waitInside() {
    inside.countDown();
    try {
      stuck.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(20, SECONDS)).isTrue();
  }

  private static void isStill(RaftNode<?, ?> node) {
    Awaitility.await().until(() -> node.runtime().isStill());
  }

  @Test
  void aNodeThatWasClosedIsStill() throws Exception {
    RaftNode<String, Long> node =
        served(groups.group(groups.host(h -> {}), "g", machine).bootstrap(ALONE));

    assertThat(node.close(Duration.ofSeconds(10))).isTrue();

    isStill(node);
    assertThat(node.unclosed()).isEmpty();
  }

  @Test
  void aLeaderThatIsClosedSaysSo() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    RaftListener listener =
        new RaftListener() {
          @Override
          public void leadershipGained(long term) {
            heard.add("gained");
          }

          @Override
          public void leadershipLost(long term) {
            heard.add("lost");
          }

          @Override
          public void healthChanged(boolean serving) {
            heard.add(serving ? "serves" : "does not serve");
          }
        };
    RaftNode<String, Long> node =
        served(
            groups.group(groups.host(h -> {}), "g", machine).listener(listener).bootstrap(ALONE));
    Awaitility.await().until(() -> heard.contains("serves"));

    node.close();

    assertThat(node.isLeader()).isFalse();
    assertThat(node.leader()).isNull();
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(heard).containsExactly("gained", "serves", "lost", "does not serve"));
  }

  @Test
  void everyCallOfAClosedNodeEnds() throws Exception {
    RaftNode<String, Long> node =
        served(groups.group(groups.host(h -> {}), "g", machine).bootstrap(ALONE));
    node.close();

    assertThat(outcome(node.propose("x"))).isInstanceOf(Outcome.NotCommitted.class);
    assertThat(outcome(node.read("x"))).isInstanceOf(Outcome.NotCommitted.class);
    assertThat(outcome(node.openSession())).isInstanceOf(Outcome.NotCommitted.class);
    NodeStatus last = node.status().orTimeout(20, SECONDS).join();
    assertThat(last.lastIndex()).isPositive();
  }

  @Test
  void aSecondCloseDoesNotTouchTheGroupThatWasOpenedAgain() throws Exception {
    RaftHost host = groups.host(h -> {});
    RaftNode<String, Long> old = served(groups.group(host, "g", machine).bootstrap(ALONE));
    old.close();
    RaftNode<String, Long> again = served(groups.group(host, "g", new CountingMachine()).resume());

    assertThat(old.close(SHORT)).isTrue();

    assertThat(committed(again.propose("x"))).isPositive();
    assertThat(host.groups).containsValue(again);
  }

  @Test
  void whatAStuckStateMachineHoldsEndsAndTheDirectoryIsFree() throws Exception {
    RaftHost host = groups.host(h -> {});
    RaftNode<String, Long> node = served(groups.group(host, "g", machine).bootstrap(ALONE));
    machine.onApply = command -> waitInside();
    List<CompletableFuture<?>> calls = new ArrayList<>();
    calls.add(node.propose("stuck"));
    await(inside);
    for (int i = 0; i < 10; i++) {
      calls.add(node.propose("behind it"));
      calls.add(node.read("behind it"));
      calls.add(node.openSession());
      calls.add(node.status());
    }

    assertThat(node.close(SHORT)).isFalse();

    assertThat(node.unclosed())
        .hasValueSatisfying(why -> assertThat(why).contains("state machine"));
    for (CompletableFuture<?> call : calls.subList(1, calls.size())) {
      assertThat(call.orTimeout(20, SECONDS).join()).isNotNull();
    }
    AtomicBoolean calledLate = new AtomicBoolean();
    RaftNode<String, Long> again = served(groups.group(host, "g", new CountingMachine()).resume());
    assertThat(again.isLeader()).isTrue();
    machine.onApply = command -> calledLate.set(true);
    stuck.countDown();
    assertThat(node.close(Duration.ofSeconds(10))).isTrue();
    assertThat(calls.get(0).orTimeout(20, SECONDS).join()).isNotNull();
    isStill(node);
    assertThat(calledLate).as("called behind its last call").isFalse();
  }

  @Test
  void aHostWithManyStuckGroupsHasOneDeadline() throws Exception {
    RaftHost host = groups.host(h -> {});
    CountDownLatch all = new CountDownLatch(5);
    List<CompletableFuture<?>> calls = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      CountingMachine bent = new CountingMachine();
      RaftNode<String, Long> node = served(groups.group(host, "g" + i, bent).bootstrap(ALONE));
      bent.onApply =
          command -> {
            all.countDown();
            waitInside();
          };
      calls.add(node.propose("stuck"));
    }
    await(all);
    long started = System.nanoTime();

    assertThat(host.close(Duration.ofSeconds(1))).isFalse();

    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(4));
    assertThat(calls).hasSize(5);
  }

  @Test
  void closingFromAStateMachineOrACallbackComesBack() throws Exception {
    RaftHost host = groups.host(h -> {});
    CompletableFuture<Boolean> fromCallback = new CompletableFuture<>();
    RaftNode<String, Long> node = served(groups.group(host, "g", machine).bootstrap(ALONE));
    CompletableFuture<Boolean> fromApply = new CompletableFuture<>();
    machine.onApply = command -> fromApply.complete(node.close(SHORT));

    CompletableFuture<Void> told =
        node.propose("x").thenAccept(o -> fromCallback.complete(host.close(Duration.ofSeconds(5))));

    assertThat(fromApply.orTimeout(20, SECONDS).join()).as("it is inside itself").isFalse();
    assertThat(fromCallback.orTimeout(20, SECONDS).join()).isTrue();
    told.orTimeout(20, SECONDS).join();
  }

  @Test
  void aForceThatDoesNotComeBackKeepsTheDirectory() throws Exception {
    AtomicBoolean hangs = new AtomicBoolean();
    Disk disk = new StallingDisk(hangs::get, this::waitInside);
    RaftHost host = groups.host(h -> h.disk(disk));
    RaftNode<String, Long> node = served(groups.group(host, "g", machine).bootstrap(ALONE));
    hangs.set(true);
    CompletableFuture<Outcome<Long>> call = node.propose("x");
    await(inside);

    assertThat(node.close(SHORT)).isFalse();

    assertThat(node.unclosed())
        .hasValueSatisfying(
            why -> assertThat(why).contains("locked").contains(directory.resolve("g").toString()));
    assertThat(outcome(call)).isInstanceOf(Outcome.Unknown.class);
    assertThatThrownBy(() -> groups.group(host, "g", new CountingMachine()).resume())
        .hasMessageContaining("open on this host already");
    hangs.set(false);
    stuck.countDown();
    assertThat(node.close(Duration.ofSeconds(10))).isTrue();
    served(groups.group(host, "g", new CountingMachine()).resume());
  }

  @Test
  void nothingIsOpenedOnAClosedHost() throws Exception {
    RaftHost host = groups.host(h -> {});
    host.close();

    assertThatThrownBy(() -> groups.group(host, "g", machine).bootstrap(ALONE))
        .isInstanceOf(RaftException.class)
        .hasMessageContaining("closed");
    assertThat(directory.resolve("g")).doesNotExist();
  }
}
