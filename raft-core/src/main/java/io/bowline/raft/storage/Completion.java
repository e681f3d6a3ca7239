package io.bowline.raft.storage;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Told once how a write ended: before the call returned, or later on the caller's executor. */
@FunctionalInterface
public interface Completion {
  /** {@code failure} is {@code null} if all of it is durable now. */
  void completed(@Nullable IOException failure);

  /** What may fail, and blocks until it is done. */
  @FunctionalInterface
  interface Action {
    /** Does it. */
    void run() throws IOException;
  }

  /** Runs that action now, and completes with how it ended. */
  default void after(Action action) {
    IOException failure = null;
    try {
      action.run();
    } catch (IOException e) {
      failure = e;
    }
    completed(failure);
  }
}
