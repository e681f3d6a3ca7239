package io.bowline.raft.runtime;

import io.bowline.raft.logging.GuardedLog;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What became of a batch of proposals and queries, gathered and then delivered at once: each future
 * by a task of its own on the callback executor, clients' replies as one message for each
 * connection. What they held is given back when they are told and settled. One thread.
 */
final class Outcomes {
  private static final GuardedLog LOG = GuardedLog.of(Outcomes.class);

  /** One call's end: a callback that throws or waits keeps no other one from being told. */
  private record Callback(Call call, Runnable outcome, Admission admission) implements Runnable {
    @Override
    public void run() {
      try {
        outcome.run();
      } finally {
        if (call.told()) {
          admission.giveBack(call);
        }
      }
    }
  }

  private final Admission admission;
  private final List<Callback> callbacks = new ArrayList<>();
  private final List<ReplyBuffer> touched = new ArrayList<>(2);
  private int overProposals;
  private int overReads;
  private long overBytes;

  Outcomes(Admission admission) {
    this.admission = admission;
  }

  void committed(Proposal owner, long index, @Nullable Object reply, @Nullable Payload encoded) {
    if (!owner.end()) {
      return;
    }
    ReplyBuffer replies = owner.replies;
    if (replies == null) {
      add(owner, () -> owner.committed(index, reply, encoded));
    } else { // the way of nearly all: nothing is made for it
      owner.committed(index, reply, encoded);
      told(owner, replies);
    }
  }

  void refused(Proposal owner, Refusal refusal) {
    if (owner.end()) {
      add(owner, () -> owner.refused(refusal));
    }
  }

  void unknown(Proposal owner, String reason) {
    if (owner.end()) {
      add(owner, () -> owner.unknown(reason));
    }
  }

  void refused(Query query, Refusal refusal) {
    if (query.end()) {
      add(query, () -> query.refused(refusal));
    }
  }

  /**
   * Runs the query now, on the apply stage; its answer goes out with the rest. The deadline may end
   * it meanwhile.
   *
   * @return bytes of the answer
   */
  int answer(Query query, long lastApplied) {
    if (query.isEnded()) {
      settled(query);
      return 0;
    }
    Query.Answer answer = query.run(lastApplied);
    if (query.end()) {
      add(query, answer.tell());
    }
    settled(query);
    return answer.bytes();
  }

  /** Nothing of that call waits any more. */
  void settled(Call call) {
    if (call.settled()) {
      over(call);
    }
  }

  /** Proposals whose callers were told before they were settled: nobody remembers each of them. */
  void settled(int proposals, long bytes) {
    overProposals += proposals;
    overBytes += bytes;
  }

  private void over(Call call) {
    if (call instanceof Proposal) {
      overProposals++;
    } else {
      overReads++;
    }
    overBytes += call.heldBytes();
  }

  private void add(Call call, Runnable outcome) {
    ReplyBuffer replies = call.replies;
    if (replies == null) {
      callbacks.add(new Callback(call, outcome, admission));
      return;
    }
    outcome.run(); // only puts a reply into the buffer
    told(call, replies);
  }

  private void told(Call call, ReplyBuffer replies) {
    if (call.told()) {
      over(call);
    }
    if (!touched.contains(replies)) {
      touched.add(replies);
    }
  }

  /** Tells everybody; the collector is empty again. */
  void deliver(Executor callbackExecutor) {
    if (overProposals + overReads > 0) {
      admission.giveBack(overProposals, overReads, overBytes);
      overProposals = 0;
      overReads = 0;
      overBytes = 0;
    }
    for (ReplyBuffer replies : touched) {
      flush(replies);
    }
    touched.clear();
    if (!callbacks.isEmpty()) {
      List<Callback> batch = new ArrayList<>(callbacks);
      callbacks.clear();
      batch.forEach(callbackExecutor::execute); // each by itself: one that waits holds up no other
    }
  }

  private static void flush(ReplyBuffer replies) {
    try {
      replies.flush();
    } catch (RuntimeException | Error e) { // its own answers are lost, and nobody else's
      if (Foreign.isFatal(e)) {
        throw e;
      }
      LOG.warn(e, "a client's connection threw: its answers are lost");
    }
  }
}
