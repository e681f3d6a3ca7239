package io.bowline.raft;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Java closes a channel for all when a thread comes to it interrupted. Replicas that read their
 * files for each entry stay whole whatever the embedder's code does to the threads that it gets.
 */
@Timeout(60)
class InterruptedThreadsTest {
  private static void interrupt() {
    Thread.currentThread().interrupt();
  }

  private static void bend(BentMachine machine) {
    machine.bend("apply x", InterruptedThreadsTest::interrupt);
    machine.bend("query y", InterruptedThreadsTest::interrupt);
    machine.bend("commands.decode", InterruptedThreadsTest::interrupt);
  }

  @Test
  void noInterruptClosesALog(@TempDir Path directory) throws Exception {
    try (ThreeHosts three =
        new ThreeHosts(directory, (id, host) -> host.callbackExecutor(Runnable::run))) {
      ThreeHosts.IDS.forEach(id -> bend(three.machine(id)));
      NodeId restarted = three.follower();
      RaftNode<String, Long> leader = three.node(three.leader());
      List<CompletableFuture<?>> calls = new ArrayList<>();

      for (int i = 0; i < 100; i++) {
        calls.add(leader.propose("x").thenRun(InterruptedThreadsTest::interrupt));
        calls.add(leader.read("y").thenRun(InterruptedThreadsTest::interrupt));
      }
      for (CompletableFuture<?> call : calls) {
        call.orTimeout(20, SECONDS).join();
      }
      Thread.interrupted();
      three.close(restarted);
      BentMachine machine = new BentMachine();
      bend(machine);
      three.open(restarted, machine);
      three.commit("x");
      interrupt(); // a caller that comes interrupted
      CompletableFuture<Outcome<Long>> call = three.node(three.leader()).propose("x");
      Thread.interrupted();

      assertThat(call.orTimeout(20, SECONDS).join()).isInstanceOf(Outcome.Committed.class);
      three.assertEqual();
    }
  }
}
