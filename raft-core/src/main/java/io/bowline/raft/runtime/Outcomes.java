package io.bowline.raft.runtime;

import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What became of a batch of proposals and queries, gathered and then delivered at once: futures on
 * the callback executor, clients' replies as one message for each connection. One thread.
 */
final class Outcomes {
  private final List<Runnable> callbacks = new ArrayList<>();
  private final List<ReplyBuffer> touched = new ArrayList<>(2);

  void committed(Proposal owner, long index, @Nullable Object reply, @Nullable Payload encoded) {
    if (!owner.end()) {
      return;
    }
    ReplyBuffer replies = owner.replies;
    if (replies == null) {
      callbacks.add(() -> owner.committed(index, reply, encoded));
    } else { // the way of nearly all: nothing is made for it
      owner.committed(index, reply, encoded);
      touch(replies);
    }
  }

  void refused(Proposal owner, Refusal refusal) {
    if (owner.end()) {
      add(owner.replies, () -> owner.refused(refusal));
    }
  }

  void unknown(Proposal owner, String reason) {
    if (owner.end()) {
      add(owner.replies, () -> owner.unknown(reason));
    }
  }

  void refused(Query query, Refusal refusal) {
    if (query.end()) {
      add(query.replies, () -> query.refused(refusal));
    }
  }

  /** Runs the query now, on the apply stage; its answer goes out with the rest. */
  void answer(Query query, long lastApplied) {
    if (query.end()) {
      add(query.replies, query.run(lastApplied));
    }
  }

  private void add(@Nullable ReplyBuffer replies, Runnable outcome) {
    if (replies == null) {
      callbacks.add(outcome);
      return;
    }
    outcome.run(); // only puts a reply into the buffer
    touch(replies);
  }

  private void touch(ReplyBuffer replies) {
    if (!touched.contains(replies)) {
      touched.add(replies);
    }
  }

  /** Tells everybody; the collector is empty again. */
  void deliver(Executor callbackExecutor) {
    for (ReplyBuffer replies : touched) {
      replies.flush();
    }
    touched.clear();
    if (!callbacks.isEmpty()) {
      List<Runnable> batch = new ArrayList<>(callbacks);
      callbacks.clear();
      callbackExecutor.execute(() -> batch.forEach(Runnable::run));
    }
  }
}
