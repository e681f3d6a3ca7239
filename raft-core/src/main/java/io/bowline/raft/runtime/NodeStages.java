package io.bowline.raft.runtime;

import io.bowline.raft.core.Effect;
import io.bowline.raft.core.Input;
import io.bowline.raft.core.InvariantViolation;
import io.bowline.raft.storage.StorageException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the stages tell their node: on whichever of them it happened, and what follows from it. */
final class NodeStages implements DiskWriter.Listener, ApplyPipeline.Listener, LoopListener {
  private final NodeRuntime node;
  private volatile @Nullable IOException writeFailure;

  NodeStages(NodeRuntime node) {
    this.node = node;
  }

  @Override
  public void durable(long write) {
    node.loop().postHere(new Input.Durable(write));
  }

  @Override
  public void writeFailed(long write, IOException cause) {
    writeFailure = cause;
    node.loop().post(new Input.WriteFailed(write));
  }

  /** After the core has made its peace with it: D-e, only a restart opens the log again. */
  @Override
  public void writeFailed() {
    IOException cause = writeFailure;
    node.halt(
        "a write to the log failed ("
            + (cause == null || cause.getMessage() == null ? cause : cause.getMessage())
            + "): mend the disk and restart the process; see docs/operations/damaged-log.md",
        cause);
  }

  @Override
  public void readFailed(long index, StorageException cause) {
    node.halt(
        "entries from "
            + index
            + " on, which a follower needs, cannot be read: "
            + cause.getMessage()
            + "; see docs/operations/damaged-log.md",
        cause);
  }

  @Override
  public void logCrashed(Throwable cause) {
    node.halt(
        "the log stage threw "
            + cause
            + ": the files are kept as they were last durable; restart the process",
        cause);
  }

  void outOfMemory(Throwable cause) {
    node.halt("memory has run out (" + cause + "): give the process more and restart it", cause);
  }

  @Override
  public void room(boolean available) {
    if (node.isEnded()) {
      return;
    }
    if (!available) {
      node.reports()
          .warn("no room on the disk for another segment: proposals are refused until there is");
    }
    node.loop().post(new Input.DiskSpace(available));
    node.loop().task(() -> node.health().room(available));
  }

  @Override
  public void applied(long index, long timeNanos) {
    node.loop().applied(new Input.Applied(index, timeNanos));
    if (node.health().awaitsApply()) {
      node.loop().wake();
    }
  }

  @Override
  public void applyFailed(String reason, Throwable cause) {
    node.halt(reason, cause);
  }

  @Override
  public void crashed(Throwable cause) {
    if (cause instanceof InvariantViolation broken) {
      node.halt(
          broken.getMessage() + ": keep the files, and report it; a restart may serve", cause);
    } else {
      node.halt("the raft stage threw " + cause + ": restart the process", cause);
    }
  }

  @Override
  public void turned(long nowNanos, long applicable) {
    node.health().look(nowNanos, applicable);
  }

  @Override
  public void roleChanged(Effect.RoleChanged change) {
    node.roleChanged(change);
  }

  @Override
  public void reset(Effect.Reset reset) {
    node.reports().reset(reset.peer(), reset.reason());
  }

  @Override
  public void unhealthy(@Nullable String reason) {
    node.unhealthy(reason);
  }

  @Override
  public void membershipChanged(Effect.MembershipChanged change) {
    node.membershipChanged(change.membership());
  }
}
