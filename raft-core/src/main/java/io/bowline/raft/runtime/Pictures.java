package io.bowline.raft.runtime;

import io.bowline.raft.core.CoreStatus;
import io.bowline.raft.core.RaftCore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Pictures of a core: taken on the raft stage while it runs, and the last one for ever after. */
final class Pictures {
  private final CoreStatus first;
  private volatile @Nullable CoreStatus last;

  /** Raft stage; null before the founding is complete. */
  private @Nullable RaftCore core;

  Pictures(CoreStatus first) {
    this.first = first;
  }

  /** Raft stage: from now on it is this core's. */
  void begin(RaftCore founded) {
    core = founded;
  }

  /** From any thread; {@code raftStage} has a task done there. A receiver may hear it twice. */
  void ask(Consumer<CoreStatus> receiver, Consumer<Runnable> raftStage) {
    if (last == null) {
      raftStage.accept(() -> receiver.accept(now()));
    }
    CoreStatus end = last; // behind the hand-over: who ends the node meanwhile is seen here
    if (end != null) {
      receiver.accept(end);
    }
  }

  private CoreStatus now() {
    CoreStatus end = last;
    if (end != null) {
      return end;
    }
    return core == null ? first : core.status();
  }

  /** Raft stage: the node has ended; its core may have broken in the middle of a step. */
  void end() {
    try {
      last = now();
    } catch (RuntimeException | Error e) {
      last = first;
    }
  }
}
