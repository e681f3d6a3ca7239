package io.bowline.raft.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Codec;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real threads: nothing is lost between those who submit, those who answer and those who wait. */
class RaftClientThreadsTest {
  private static final int THREADS = 6;
  private static final int CALLS = 2_000;

  private static RaftClientBuilder<String, String> builder(ClientTransport transport) {
    return RaftClient.builder()
        .commands(Codec.utf8())
        .replies(Codec.utf8())
        .group(GroupId.of("g"))
        .addresses(List.of("a"))
        .transport(transport);
  }

  @Test
  @Timeout(60)
  void manyThreadsThatWaitGetEachItsOwnAnswer() throws Exception {
    EchoNode node = new EchoNode();
    ExecutorService callers = Executors.newFixedThreadPool(THREADS);
    try (RaftClient<String, String> client = builder(node).open()) {
      List<Future<?>> done = new ArrayList<>();
      for (int caller = 0; caller < THREADS; caller++) {
        String name = "caller" + caller + "-";
        done.add(
            callers.submit(
                () -> {
                  for (int i = 0; i < CALLS; i++) {
                    assertThat(reply(client.submitAndWait(name + i))).isEqualTo(name + i);
                  }
                  return null;
                }));
      }
      for (Future<?> each : done) {
        each.get();
      }
    }
    callers.shutdown();
    node.close();
    assertThat(node.applied).hasSize(THREADS * CALLS);
  }

  @Test
  @Timeout(60)
  void callbacksThatSubmitKeepAStreamGoingOnEitherExecutor() throws Exception {
    for (boolean inline : List.of(true, false)) {
      EchoNode node = new EchoNode();
      RaftClientBuilder<String, String> builder = builder(node);
      if (inline) {
        builder.callbackExecutor(Runnable::run);
      }
      try (RaftClient<String, String> client = builder.open()) {
        AtomicInteger left = new AtomicInteger(20_000);
        List<CompletableFuture<Void>> streams = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
          CompletableFuture<Void> end = new CompletableFuture<>();
          streams.add(end);
          next(client, left, end);
        }
        CompletableFuture.allOf(streams.toArray(CompletableFuture<?>[]::new))
            .get(50, TimeUnit.SECONDS);
      }
      node.close();
      assertThat(node.applied).as("inline=%s", inline).hasSize(20_000);
    }
  }

  @Test
  @Timeout(60)
  void callbackThatBlocksHoldsUpNoOtherCallAndNoneThatItMadeItself() throws Exception {
    EchoNode node = new EchoNode();
    CountDownLatch released = new CountDownLatch(1);
    try (RaftClient<String, String> client = builder(node).open()) {
      CompletableFuture<Boolean> blocked =
          client
              .submit("1")
              .thenApply(
                  outcome -> {
                    CompletableFuture<?> unused = client.submit("2").thenRun(released::countDown);
                    return isReleased(released);
                  });
      Outcome<String> beside = client.submit("3").get(10, TimeUnit.SECONDS);

      assertThat(reply(beside)).isEqualTo("3");
      assertThat(blocked.get(10, TimeUnit.SECONDS)).as("2 was told while 1 waited").isTrue();
      assertThat(reply(client.submitAndWait("4"))).isEqualTo("4");
    }
    node.close();
    assertThat(node.applied).hasSize(4);
  }

  private static boolean isReleased(CountDownLatch latch) {
    try {
      return latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Test
  @Timeout(60)
  void executorThatRefusesOrThrowsLosesNoOutcome() throws Exception {
    for (Throwable thrown : List.of(new RejectedExecutionException(), new OutOfMemoryError())) {
      EchoNode node = new EchoNode();
      Executor broken =
          task -> {
            if (thrown instanceof Error error) {
              throw error;
            }
            throw (RuntimeException) thrown;
          };
      try (RaftClient<String, String> client = builder(node).callbackExecutor(broken).open()) {
        for (int i = 0; i < 3; i++) {
          assertThat(reply(client.submit("x").get(10, TimeUnit.SECONDS))).isEqualTo("x");
        }
      }
      node.close();
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the stream goes on in the callback
  private static void next(
      RaftClient<String, String> client, AtomicInteger left, CompletableFuture<Void> end) {
    if (left.getAndDecrement() <= 0) {
      end.complete(null);
      return;
    }
    client
        .submit("x")
        .whenComplete(
            (outcome, thrown) -> {
              if (outcome instanceof Outcome.Committed<String>) {
                next(client, left, end);
              } else {
                end.completeExceptionally(new AssertionError(outcome));
              }
            });
  }

  private static String reply(Outcome<String> outcome) {
    return ((Outcome.Committed<String>) outcome).reply();
  }
}
