package io.bowline.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.RaftStorage;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The log stage alone: its end, its turns, and a storage that does what it should not. */
class DiskWriterTest {
  private static final long IDLE = 100;

  private final RealEnvironment real = new RealEnvironment("n1", null);
  private final ArrayDeque<Runnable> executor = new ArrayDeque<>();
  private final List<Runnable> timers = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();
  private final List<String> calls = new ArrayList<>();
  private final ArrayDeque<Completion> open = new ArrayDeque<>();
  private @Nullable Error storageThrows;

  private final DiskWriter writer =
      new DiskWriter(
          storage(), environment(), executor::add, IDLE, NodeMetrics.NONE, new Recorder());

  @AfterEach
  void close() {
    real.close();
  }

  private NodeEnvironment environment() {
    return new BentEnvironment(real) {
      @Override
      public Runnable schedule(long deadlineNanos, Runnable task) {
        timers.add(task);
        return () -> timers.remove(task);
      }
    };
  }

  /** Writes down what is called, and completes when the test says so. */
  private RaftStorage storage() {
    return (RaftStorage)
        Proxy.newProxyInstance(
            RaftStorage.class.getClassLoader(),
            new Class<?>[] {RaftStorage.class},
            (self, method, arguments) -> {
              calls.add(method.getName());
              if (storageThrows != null) {
                throw storageThrows;
              }
              if (method.getName().equals("waitNoLonger") && !open.isEmpty()) {
                open.remove().completed(new IOException("closed before there was room"));
              }
              if (arguments != null && arguments[arguments.length - 1] instanceof Completion done) {
                open.add(done);
              }
              return null;
            });
  }

  private final class Recorder implements DiskWriter.Listener {
    @Override
    public void durable(long write) {
      heard.add("durable " + write);
    }

    @Override
    public void writeFailed(long write, IOException cause) {
      heard.add("failed " + write);
    }

    @Override
    public void room(boolean available) {}

    @Override
    public void logCrashed(Throwable cause) {
      heard.add("crashed " + cause);
    }
  }

  private void runAll() {
    for (int turns = 0; !executor.isEmpty(); turns++) {
      assertThat(turns).as("turns without an end").isLessThan(1_000);
      executor.remove().run();
    }
  }

  private void write(long number) {
    writer.saveBallot(number, Ballot.NONE);
    writer.wake();
    runAll();
  }

  @Test
  void aTimerThatRingsBehindTheEndFindsAWriterThatIsStill() {
    write(1);
    open.remove().completed(null);
    runAll();
    Runnable idle = timers.get(0);
    writer.close(() -> heard.add("closed"));
    runAll();
    assertThat(heard).endsWith("closed");
    assertThat(timers).as("cancelled").isEmpty();

    idle.run(); // it was on its way

    runAll();
    assertThat(writer.isStill()).isTrue();
    assertThat(calls).endsWith("close");
  }

  @Test
  void aTurnIsOneGroup() {
    writer.saveBallot(1, Ballot.NONE);
    writer.saveBallot(2, Ballot.NONE);
    writer.wake();

    executor.remove().run();
    open.remove().completed(null);

    assertThat(calls).containsOnlyOnce("saveBallot");
    assertThat(executor).as("behind the others").hasSize(1);
    runAll();
    assertThat(heard).containsExactly("durable 1");
    open.remove().completed(null);
    assertThat(heard).containsExactly("durable 1", "durable 2");
  }

  @Test
  void aStorageThatThrowsEndsTheLogWithItsTrueCause() {
    storageThrows = new OutOfMemoryError("direct buffer memory");

    write(1);
    storageThrows = null;
    writer.append(2, EntryBatch.EMPTY);
    writer.close(() -> heard.add("closed"));
    runAll();

    assertThat(heard)
        .containsExactly("crashed " + new OutOfMemoryError("direct buffer memory"), "closed");
    assertThat(calls).doesNotContain("append").endsWith("close");
    assertThat(writer.isStill()).isTrue();
  }

  @Test
  void aCompletionThatComesBehindAThrowSaysNothing() {
    write(1);
    storageThrows = new AssertionError("twice");
    Completion late = open.remove();
    writer.failed(storageThrows);
    storageThrows = null;

    late.completed(null);

    assertThat(heard).containsExactly("crashed java.lang.AssertionError: twice");
  }

  @Test
  void aWriteThatWaitsForRoomDoesNotHoldUpTheEnd() {
    write(1);
    assertThat(writer.isWriting()).isTrue();

    writer.close(() -> heard.add("closed"));
    runAll();

    assertThat(calls).contains("waitNoLonger").endsWith("close");
    assertThat(heard).containsExactly("failed 1", "closed");
  }

  @Test
  void aStorageThatThrowsWhenItIsClosedIsClosedAllTheSame() {
    writer.close(() -> heard.add("closed"));
    executor.add(
        () -> {
          storageThrows = null;
        });
    storageThrows = new StackOverflowError();
    runAll();
    runAll();

    assertThat(heard).contains("closed");
    assertThat(writer.isStill()).isTrue();
  }
}
