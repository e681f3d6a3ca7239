package io.bowline.raft;

import static io.bowline.raft.OneNodeGroups.ALONE;
import static io.bowline.raft.OneNodeGroups.outcome;
import static io.bowline.raft.OneNodeGroups.served;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Outcome;
import io.bowline.raft.runtime.BentEnvironment;
import io.bowline.raft.runtime.RealEnvironment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of that which waits when the raft stage throws. */
class LastStepTest {
  @TempDir Path directory;
  private final CountDownLatch release = new CountDownLatch(1);
  private volatile boolean held;
  private volatile boolean breaks;

  /** Holds the raft stage, so that all that waits is one turn, and breaks in the middle of it. */
  private final class Breaking extends BentEnvironment {
    Breaking(RealEnvironment real) {
      super(real);
    }

    @Override
    public Executor executor(Stage stage) {
      Executor straight = super.executor(stage);
      return stage != Stage.RAFT ? straight : task -> straight.execute(() -> run(task));
    }

    private void run(Runnable task) {
      try {
        if (held) {
          release.await();
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      task.run();
    }

    @Override
    public boolean lendsThreads() {
      return false;
    }

    @Override
    public Runnable schedule(long deadlineNanos, Runnable task) {
      if (breaks && Thread.currentThread().getName().contains("-raft-")) {
        throw new IllegalStateException("no timer");
      }
      return super.schedule(deadlineNanos, task);
    }
  }

  @Test
  void nothingThatWaitsIsSteppedAndEverybodyIsTold() throws Exception {
    RealEnvironment real = new RealEnvironment("n1", null);
    try (OneNodeGroups groups = new OneNodeGroups(directory)) {
      RaftHost host = groups.host(h -> h.environment(new Breaking(real)));
      RaftNode<String, Long> node =
          served(
              groups
                  .group(host, "g", new CountingMachine())
                  .config(
                      RaftConfig.builder()
                          .heartbeatInterval(Duration.ofMillis(20))
                          .electionTimeout(Duration.ofMillis(150))
                          .proposalTimeout(Duration.ofSeconds(1))
                          .build())
                  .bootstrap(ALONE));
      Awaitility.await() // the deadline of what was proposed is over: the next one needs a timer
          .pollDelay(Duration.ofMillis(1_200))
          .until(node::isLeader);
      held = true;
      CompletableFuture<Outcome<Long>> appended = node.propose("x");
      CompletableFuture<Outcome<Long>> taken = node.read("x");
      breaks = true;
      release.countDown();

      assertThat(outcome(appended)) // by whether it had its index when the timer was wanted
          .isInstanceOfAny(Outcome.Unknown.class, Outcome.NotCommitted.class);
      assertThat(outcome(taken)).isInstanceOf(Outcome.NotCommitted.class);
      assertThat(outcome(node.propose("y"))).isInstanceOf(Outcome.NotCommitted.class);
      NodeStatus status = node.status().orTimeout(20, SECONDS).join();
      assertThat(status.haltedBecause()).contains("the raft stage threw").contains("no timer");
      assertThat(node.isLeader()).isFalse();
      breaks = false;
      assertThat(node.close(Duration.ofSeconds(10))).isTrue();
      Awaitility.await().until(() -> node.runtime().isStill());
      served(groups.group(groups.host(h -> {}), "g", new CountingMachine()).resume());
    }
    real.close();
  }
}
