package io.bowline.raft.runtime;

import io.bowline.raft.storage.Disk;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** Another environment, of which a test bends something. */
public class BentEnvironment implements NodeEnvironment {
  private final NodeEnvironment straight;

  public BentEnvironment(NodeEnvironment straight) {
    this.straight = straight;
  }

  @Override
  public long nanoTime() {
    return straight.nanoTime();
  }

  @Override
  public Runnable schedule(long deadlineNanos, Runnable task) {
    return straight.schedule(deadlineNanos, task);
  }

  @Override
  public Executor executor(Stage stage) {
    return straight.executor(stage);
  }

  @Override
  public Executor spareCallbacks() {
    return straight.spareCallbacks();
  }

  @Override
  public boolean lendsThreads() {
    return straight.lendsThreads();
  }

  @Override
  public Disk disk() {
    return straight.disk();
  }

  @Override
  public RandomGenerator random(String purpose) {
    return straight.random(purpose);
  }
}
