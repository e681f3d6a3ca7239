package io.bowline.raft.client;

import io.bowline.raft.logging.GuardedLog;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Payload;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Completes the callers' futures on their executor, one after the other, in the order of the
 * answers. What the callbacks submit is taken as one batch when the callbacks are through.
 *
 * <p>Whatever a callback throws is its own affair, and so is how long it takes: one that is not
 * through after {@link #PATIENCE_NANOS} keeps its thread, and the outcomes behind it are delivered
 * by another one.
 */
final class Deliveries {
  /** So long the outcomes behind a callback wait for it. */
  static final long PATIENCE_NANOS = 100_000_000;

  /** So many callbacks may keep a thread each; then the others wait for one of them. */
  private static final int MOST_STUCK = 8;

  private static final GuardedLog LOG = GuardedLog.of(Deliveries.class);

  private final Executor executor;
  private final Runnable afterwards;
  private final ConcurrentLinkedQueue<Call> queue = new ConcurrentLinkedQueue<>();

  /** Above 0: a turn is under way, or about to be, and will see what came until it is 0 again. */
  private final AtomicInteger signals = new AtomicInteger();

  private final Set<Thread> stuck = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Thread deliverer;

  /** Who may take from the queue; under this object's lock another one takes over. */
  private volatile Turn owner = new Turn();

  /** Counts what was completed: if it stands still, a callback does not return. */
  private final AtomicLong completed = new AtomicLong();

  /** What the watching loop has seen last; its own. */
  private long seenCompleted;

  private long seenAtNanos;
  private boolean watching;
  private boolean refusalLogged;

  Deliveries(Executor executor, Runnable afterwards) {
    this.executor = executor;
    this.afterwards = afterwards;
  }

  /** Whether this is a thread that runs callbacks, from within one. */
  boolean isDelivering() {
    return collects() || (!stuck.isEmpty() && stuck.contains(Thread.currentThread()));
  }

  /** Whether what this thread submits is taken when its callbacks are through. */
  boolean collects() {
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
      Turn turn = new Turn();
      owner = turn;
      start(turn);
    }
  }

  private void start(Turn turn) {
    try {
      executor.execute(turn);
    } catch (RuntimeException | Error refused) { // rejected, or no thread was to be had
      if (!refusalLogged) {
        refusalLogged = true;
        LOG.warn(refused, "the callback executor refuses: outcomes are told here");
      }
      turn.run(); // an outcome is never lost, and this thread is as good as any
    }
  }

  /**
   * Looks whether the callbacks get on, and has others take over if they do not; the loop's thread
   * only.
   *
   * @return until it must be asked again; {@code Long.MAX_VALUE} if nothing is under way
   */
  long watch(long nowNanos) {
    if (deliverer == null && queue.isEmpty()) {
      watching = false;
      return Long.MAX_VALUE;
    }
    long count = completed.get();
    if (!watching || count != seenCompleted) {
      watching = true;
      seenCompleted = count;
      seenAtNanos = nowNanos;
    } else if (nowNanos - seenAtNanos >= PATIENCE_NANOS) {
      seenAtNanos = nowNanos;
      takeOver();
    }
    return seenAtNanos + PATIENCE_NANOS - nowNanos;
  }

  private void takeOver() {
    Turn turn = new Turn();
    Thread slow;
    synchronized (this) {
      slow = deliverer;
      if (slow == null || queue.isEmpty() || stuck.size() >= MOST_STUCK) {
        return; // its turn has not begun, or nobody waits for it
      }
      stuck.add(slow);
      deliverer = null;
      owner = turn;
    }
    LOG.warn(
        null,
        "the callback on thread "
            + slow.getName()
            + " is not through, others are told on another one: do not block in one");
    start(turn);
  }

  private void complete(Call call) {
    Outcome<Payload> outcome = call.outcome;
    if (outcome == null) {
      return;
    }
    try {
      call.deliver(outcome);
    } catch (RuntimeException | Error thrown) { // the others are told all the same
      LOG.warn(thrown, "telling an outcome threw");
    }
  }

  /** Tells what waits, until nothing does or another turn has taken over. */
  private final class Turn implements Runnable {
    private final AtomicBoolean begun = new AtomicBoolean();

    @Override
    public void run() {
      if (!begun.compareAndSet(false, true)) {
        return; // an executor that refuses a task and runs it nevertheless
      }
      int seen = signals.get();
      while (seen != 0) {
        deliverer = Thread.currentThread();
        for (Call call = next(); call != null; call = next()) {
          complete(call);
          completed.incrementAndGet();
        }
        boolean goesOn = stepAside();
        afterwards.run();
        seen = goesOn ? takeBack(seen) : 0;
      }
    }

    /** Delivers no more for now; false if another turn has taken over meanwhile. */
    private boolean stepAside() {
      synchronized (Deliveries.this) {
        if (owner == this) {
          deliverer = null;
          return true;
        }
        stuck.remove(Thread.currentThread());
        return false;
      }
    }

    private @Nullable Call next() {
      return owner == this ? queue.poll() : null;
    }

    /** What is left of the signals; nobody takes over from a turn that delivers nothing. */
    private int takeBack(int seen) {
      return signals.addAndGet(-seen);
    }
  }
}
