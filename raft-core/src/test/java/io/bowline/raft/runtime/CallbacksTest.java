package io.bowline.raft.runtime;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The embedder's callbacks: in order while they come back, overtaken when they do not. */
class CallbacksTest {
  private @Nullable RealEnvironment environment;

  @AfterEach
  void close() {
    if (environment != null) {
      environment.close();
    }
  }

  private NodeWorld world(@Nullable Executor given) {
    environment = new RealEnvironment("n1", given);
    return new NodeWorld(environment, GroupId.of("g"), NodeId.of("n1"));
  }

  private static Executor callbacks(NodeWorld world) {
    return world.executor(NodeEnvironment.Stage.CALLBACK);
  }

  @Test
  void theyAreCalledInOrderWhateverOneThrows() {
    Executor callbacks = callbacks(world(null));
    List<Integer> order = new CopyOnWriteArrayList<>();

    for (int i = 0; i < 1_000; i++) {
      int number = i;
      callbacks.execute(
          () -> {
            order.add(number);
            throw new AssertionError("callback " + number);
          });
    }

    await().until(() -> order.size() == 1_000);
    assertThat(order).isSorted();
  }

  @Test
  void oneThatWaitsForALaterOneIsOvertaken() {
    Executor callbacks = callbacks(world(null));
    CompletableFuture<String> inner = new CompletableFuture<>();
    CompletableFuture<String> outer = new CompletableFuture<>();

    callbacks.execute(() -> outer.complete(inner.join()));
    callbacks.execute(() -> inner.complete("inner"));

    assertThat(outer.orTimeout(20, SECONDS).join()).isEqualTo("inner");
  }

  @Test
  void manyThatWaitAreHelpedNewestFirst() {
    Executor callbacks = callbacks(world(null));
    int waiters = 100;
    List<CompletableFuture<String>> inner = new CopyOnWriteArrayList<>();
    List<CompletableFuture<String>> outer = new CopyOnWriteArrayList<>();
    for (int i = 0; i < waiters; i++) {
      CompletableFuture<String> wanted = new CompletableFuture<>();
      CompletableFuture<String> told = new CompletableFuture<>();
      inner.add(wanted);
      outer.add(told);
      callbacks.execute(() -> told.complete(wanted.join()));
    }

    inner.forEach(wanted -> callbacks.execute(() -> wanted.complete("inner")));

    for (CompletableFuture<String> told : outer) {
      assertThat(told.orTimeout(20, SECONDS).join()).isEqualTo("inner");
    }
  }

  @Test
  void anExecutorWithOneThreadThatWaitsIsHelpedToo() {
    StageExecutor one = new StageExecutor("embedder", 1);
    Executor callbacks = callbacks(world(one));
    CompletableFuture<String> inner = new CompletableFuture<>();
    CompletableFuture<String> outer = new CompletableFuture<>();

    callbacks.execute(() -> outer.complete(inner.join()));
    callbacks.execute(() -> inner.complete("inner"));

    assertThat(outer.orTimeout(20, SECONDS).join()).isEqualTo("inner");
    one.close();
  }

  @Test
  void whatAnExecutorRefusesOrDropsIsCalledAllTheSame() {
    for (Executor bad :
        List.<Executor>of(
            task -> {
              throw new RejectedExecutionException("full");
            },
            task -> {
              throw new NoClassDefFoundError("gone");
            },
            task -> {})) {
      CompletableFuture<String> told = new CompletableFuture<>();
      Executor callbacks = callbacks(world(bad));

      callbacks.execute(() -> told.complete("told"));

      assertThat(told.orTimeout(20, SECONDS).join()).isEqualTo("told");
    }
  }

  @Test
  void aThreadIsGivenBackAsItCame() {
    Executor callbacks = callbacks(world(Runnable::run));
    callbacks.execute(() -> Thread.currentThread().interrupt());
    assertThat(Thread.currentThread().isInterrupted()).as("left by a callback").isFalse();

    Thread.currentThread().interrupt();
    callbacks.execute(() -> {});

    assertThat(Thread.interrupted()).as("the owner's own").isTrue();
  }

  @Test
  void nothingIsUnderWayWhenAllWasCalled() {
    NodeWorld world = world(null);
    CompletableFuture<String> told = new CompletableFuture<>();

    callbacks(world).execute(() -> told.complete("told"));

    told.orTimeout(20, SECONDS).join();
    await().until(() -> world.underWay() == 0);
  }

  @Test
  void aStageThatRefusesOnceIsAskedAgain() {
    RealEnvironment real = new RealEnvironment("n1", null);
    environment = real;
    List<String> asked = new CopyOnWriteArrayList<>();
    NodeEnvironment refusesOnce =
        new BentEnvironment(real) {
          @Override
          public Executor executor(Stage stage) {
            Executor executor = super.executor(stage);
            return task -> {
              asked.add("asked");
              if (asked.size() == 1) {
                throw new RejectedExecutionException("once");
              }
              executor.execute(task);
            };
          }
        };
    NodeWorld world = new NodeWorld(refusesOnce, GroupId.of("g"), NodeId.of("n1"));
    CompletableFuture<String> ran = new CompletableFuture<>();

    world.executor(NodeEnvironment.Stage.LOG).execute(() -> ran.complete("ran"));

    assertThat(ran.orTimeout(20, SECONDS).join()).isEqualTo("ran");
  }
}
