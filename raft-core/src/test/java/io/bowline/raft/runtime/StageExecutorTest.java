package io.bowline.raft.runtime;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Threads of a stage: who waits for whom. */
class StageExecutorTest {
  private final StageExecutor executor = new StageExecutor("stage", 4);
  private final CountDownLatch stuck = new CountDownLatch(1);

  @AfterEach
  void release() {
    stuck.countDown();
    executor.close();
  }

  private void waitForEver() {
    try {
      stuck.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private CompletableFuture<Thread> whoRuns() {
    CompletableFuture<Thread> who = new CompletableFuture<>();
    executor.execute(() -> who.complete(Thread.currentThread()));
    return who.orTimeout(20, SECONDS);
  }

  @Test
  void noTaskWaitsWhileAThreadMayStillBeStarted() {
    for (int i = 0; i < 3; i++) {
      executor.execute(this::waitForEver);

      assertThat(whoRuns().join()).isNotNull();
    }
    assertThat(executor.threads()).isLessThanOrEqualTo(4);
  }

  @Test
  void tasksThatFollowOneAnotherHaveOneThread() {
    for (int i = 0; i < 100; i++) {
      whoRuns().join();
      await().until(() -> executor.engaged() == 0);
    }

    assertThat(executor.threads()).isEqualTo(1);
  }

  @Test
  void whoHandsItselfOverAgainWaitsBehindTheOthers() {
    List<String> order = new ArrayList<>();
    StageExecutor alone = new StageExecutor("alone", 1);
    CompletableFuture<Void> done = new CompletableFuture<>();
    alone.execute(this::waitForEver);
    Runnable[] again = new Runnable[1];
    again[0] =
        () -> {
          order.add("a");
          if (order.size() < 4) {
            alone.execute(again[0]);
          } else {
            done.complete(null);
          }
        };
    alone.execute(again[0]);
    alone.execute(() -> order.add("b"));

    stuck.countDown();

    done.orTimeout(20, SECONDS).join();
    assertThat(order).containsExactly("a", "b", "a", "a");
    alone.close();
  }

  @Test
  void aTaskThatThrowsOrLeavesAnInterruptHarmsNoOther() {
    executor.execute(
        () -> {
          Thread.currentThread().interrupt();
          throw new StackOverflowError();
        });
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    executor.execute(() -> interrupted.complete(Thread.currentThread().isInterrupted()));

    assertThat(interrupted.orTimeout(20, SECONDS).join()).isFalse();
    await().until(() -> executor.engaged() == 0);
  }

  @Test
  void threadsEndWithTheStageAndALateTaskIsRunAllTheSame() {
    whoRuns().join();

    executor.close();

    await().until(() -> executor.threads() == 0);
    assertThat(whoRuns().join()).isNotNull();
    await().until(() -> executor.threads() == 0);
  }
}
