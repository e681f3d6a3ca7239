package io.bowline.raft.client;

import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Payload;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Completes the callers' futures on their executor, one after the other, in the order of the
 * answers. What the callbacks submit is taken as one batch when the callbacks are through.
 */
final class Deliveries implements Runnable {
  private final Executor executor;
  private final Runnable afterwards;
  private final ConcurrentLinkedQueue<Call> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger signals = new AtomicInteger();
  private volatile @Nullable Thread deliverer;

  Deliveries(Executor executor, Runnable afterwards) {
    this.executor = executor;
    this.afterwards = afterwards;
  }

  /** Whether this is the thread that runs the callbacks, from within one. */
  boolean isDelivering() {
    return Thread.currentThread() == deliverer;
  }

  void deliver(List<Call> ended) {
    boolean handOver = false;
    for (Call call : ended) {
      if (call.waitedFor) {
        complete(call);
      } else {
        queue.add(call);
        handOver = true;
      }
    }
    if (handOver && signals.getAndIncrement() == 0) {
      try {
        executor.execute(this);
      } catch (RejectedExecutionException shutDown) {
        run(); // an outcome is never lost, and this thread is as good as any
      }
    }
  }

  @Override
  public void run() {
    int seen = signals.get();
    while (seen != 0) {
      deliverer = Thread.currentThread();
      for (Call call = queue.poll(); call != null; call = queue.poll()) {
        complete(call);
      }
      deliverer = null;
      afterwards.run();
      seen = signals.addAndGet(-seen);
    }
  }

  private static void complete(Call call) {
    Outcome<Payload> outcome = call.outcome;
    if (outcome != null) {
      call.deliver(outcome);
    }
  }
}
