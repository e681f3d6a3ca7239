package io.bowline.raft.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How far the end of a node is. It begins once, whoever is first; it is over when the log is
 * closed, the state machine has come back from its last call and the metrics are closed. Safe from
 * any thread.
 */
final class NodeEnd {
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CompletableFuture<@Nullable Void> released = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> applyLeft = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> closed;
  private volatile @Nullable String haltedBecause;

  /** {@code last} is done when the log is closed and the state machine left. */
  NodeEnd(Runnable last) {
    closed = CompletableFuture.allOf(released, applyLeft).thenRun(last);
  }

  /** True for the first caller; {@code halted} is seen by all who see that the node has ended. */
  boolean begin(@Nullable String halted) {
    if (!begun.compareAndSet(false, true)) {
      return false;
    }
    haltedBecause = halted;
    return true;
  }

  boolean hasBegun() {
    return begun.get();
  }

  /** Why the node stopped for good; null if it did not, or was closed. */
  @Nullable String haltedBecause() {
    return haltedBecause;
  }

  /** No write can be issued any more and the lock is given back. */
  void logReleased() {
    released.complete(null);
  }

  /** The state machine is not called any more. */
  void applyLeft() {
    applyLeft.complete(null);
  }

  CompletableFuture<@Nullable Void> released() {
    return released;
  }

  CompletableFuture<@Nullable Void> closed() {
    return closed.copy();
  }

  /** What keeps the node from being closed; null once nothing does. */
  @Nullable String unclosed(boolean isWriting) {
    if (!released.isDone()) {
      return isWriting
          ? "a write to its log has not come back, so its directory stays locked"
          : "its log is not closed yet";
    }
    if (!applyLeft.isDone()) {
      return "its state machine has not come back from its last call";
    }
    return closed.isDone() ? null : "its metrics sink has not come back from its close";
  }
}
