package io.bowline.raft;

import static io.bowline.raft.OneNodeGroups.ALONE;
import static io.bowline.raft.OneNodeGroups.committed;
import static io.bowline.raft.OneNodeGroups.outcome;
import static io.bowline.raft.OneNodeGroups.served;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Outcome;
import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.DiskFile;
import io.bowline.raft.storage.FileDisk;
import io.bowline.raft.storage.ForwardingDisk;
import io.bowline.raft.storage.ForwardingDiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several groups on one host: one does not feel another. */
class SharedHostTest {
  /** All threads of a stage but one. */
  private static final int STUCK = 7;

  @TempDir Path directory;
  private OneNodeGroups groups = new OneNodeGroups(Path.of("."));
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch stuck = new CountDownLatch(STUCK);
  private volatile boolean hangs;

  @BeforeEach
  void open() {
    groups = new OneNodeGroups(directory);
  }

  @AfterEach
  void close() {
    release.countDown();
    groups.close();
  }

  private void hang() {
    stuck.countDown();
    await(release);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A disk on which only the files of a group called "stuck…" hang. */
  private final class HangingDisk extends ForwardingDisk {
    HangingDisk() {
      super(new FileDisk());
    }

    @Override
    public DiskFile open(Path file) throws IOException {
      return of(file, super.open(file));
    }

    @Override
    public DiskFile create(Path file) throws IOException {
      return of(file, super.create(file));
    }

    private DiskFile of(Path path, DiskFile file) {
      if (!path.toString().contains("stuck")) {
        return file;
      }
      return new ForwardingDiskFile(file) {
        @Override
        public void force(Completion done) {
          if (hangs) {
            hang();
          }
          super.force(done);
        }
      };
    }
  }

  private static Duration timeOf(RaftNode<String, Long> node) {
    long started = System.nanoTime();
    committed(node.propose("x"));
    return Duration.ofNanos(System.nanoTime() - started);
  }

  private void isNotFelt(RaftNode<String, Long> other, List<CompletableFuture<Outcome<Long>>> calls)
      throws InterruptedException {
    assertThat(stuck.await(20, SECONDS)).isTrue();

    // a task of its own takes a few ms; a wait for a stuck one would be for ever
    assertThat(timeOf(other)).isLessThan(Duration.ofSeconds(2));
    assertThat(timeOf(other)).isLessThan(Duration.ofSeconds(2));
    for (CompletableFuture<Outcome<Long>> call : calls) {
      assertThat(outcome(call)).as("its deadline is kept").isNotNull();
    }
  }

  @Test
  void forcesThatHangHoldUpNobodyElse() throws Exception {
    RaftHost host = groups.host(h -> h.disk(new HangingDisk()));
    List<RaftNode<String, Long>> nodes = new ArrayList<>();
    for (int i = 0; i < STUCK; i++) {
      nodes.add(served(groups.group(host, "stuck" + i, new CountingMachine()).bootstrap(ALONE)));
    }
    RaftNode<String, Long> other =
        served(groups.group(host, "other", new CountingMachine()).bootstrap(ALONE));
    hangs = true;
    List<CompletableFuture<Outcome<Long>>> calls = new ArrayList<>();

    nodes.forEach(node -> calls.add(node.propose("x")));

    isNotFelt(other, calls);
  }

  @Test
  void stateMachinesThatHangHoldUpNobodyElse() throws Exception {
    RaftHost host = groups.host(h -> {});
    List<RaftNode<String, Long>> nodes = new ArrayList<>();
    for (int i = 0; i < STUCK; i++) {
      CountingMachine machine = new CountingMachine();
      machine.onApply =
          command -> {
            if (command.equals("hang")) {
              hang();
            }
          };
      nodes.add(served(groups.group(host, "stuck" + i, machine).bootstrap(ALONE)));
    }
    RaftNode<String, Long> other =
        served(groups.group(host, "other", new CountingMachine()).bootstrap(ALONE));

    List<CompletableFuture<Outcome<Long>>> calls = new ArrayList<>();

    nodes.forEach(node -> calls.add(node.propose("hang")));

    isNotFelt(other, List.of());
    assertThat(calls).hasSize(STUCK);
  }

  @Test
  void callbacksThatHangHoldUpNobodyElse() throws Exception {
    RaftHost host = groups.host(h -> {});
    CountingMachine machine = new CountingMachine();
    CountDownLatch hooked = new CountDownLatch(1);
    RaftNode<String, Long> node = served(groups.group(host, "stuck", machine).bootstrap(ALONE));
    RaftNode<String, Long> other =
        served(groups.group(host, "other", new CountingMachine()).bootstrap(ALONE));
    machine.onApply = command -> await(hooked);
    List<CompletableFuture<Void>> hanging = new ArrayList<>();
    for (int i = 0; i < STUCK; i++) {
      hanging.add(node.propose("x").thenAccept(outcome -> hang()));
    }
    hooked.countDown(); // an outcome that is there already would hang this thread

    isNotFelt(other, List.of(node.propose("in the same group")));
    assertThat(hanging).noneMatch(CompletableFuture::isDone);
  }

  @Test
  void aCallbackMayWaitForAnotherOutcome() throws Exception {
    RaftNode<String, Long> node =
        served(groups.group(groups.host(h -> {}), "g", new CountingMachine()).bootstrap(ALONE));

    CompletableFuture<Outcome<Long>> outer =
        node.propose("x").thenApply(outcome -> node.propose("y").join());

    assertThat(committed(outer)).isEqualTo(3);
  }
}
