package io.bowline.raft.runtime;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls of the embedder's code for one node: in order and one at a time, as long as each comes back
 * at once. One that does not, because it waits for what only another call can bring, is overtaken:
 * a spare thread then makes the newest calls first, for what is waited for was asked for last. So
 * no callback holds up an outcome for longer than twice {@link #STUCK_NANOS}, and no deadline needs
 * the thread of a callback. An executor that refuses, drops or forgets a task is helped the same
 * way.
 */
final class Callbacks extends Actor implements Executor {
  /** A callback that has not come back after so long is waiting for something. */
  static final long STUCK_NANOS = 50_000_000L;

  private static final int MOST_A_TURN = 256;

  private final NodeEnvironment environment;
  private final Foreign foreign;
  private final ConcurrentLinkedDeque<Runnable> waiting = new ConcurrentLinkedDeque<>();
  private final AtomicLong begun = new AtomicLong();
  private final AtomicBoolean watched = new AtomicBoolean();
  private volatile long seen;

  Callbacks(NodeEnvironment environment, Executor given, Foreign foreign) {
    super(new HandOver(environment, given, foreign));
    this.environment = environment;
    this.foreign = foreign;
  }

  /** The embedder's executor while it takes tasks; what it refuses runs on a thread of ours. */
  private record HandOver(NodeEnvironment environment, Executor given, Foreign foreign)
      implements Executor {
    @Override
    public void execute(Runnable turn) {
      boolean interrupted = Thread.currentThread().isInterrupted();
      try {
        given.execute(turn);
        Foreign.clean(interrupted);
      } catch (Throwable e) {
        Foreign.clean(interrupted);
        foreign.tell("the callback executor refuses: its tasks run on threads of the host", e);
        environment.spareCallbacks().execute(turn);
      }
    }
  }

  /** Never throws, never blocks. */
  @Override
  public void execute(Runnable call) {
    waiting.add(call);
    try {
      wake();
    } catch (RuntimeException | Error e) { // no executor takes it: the watch tries again
      foreign.tell("no thread is left for a callback: it is tried again", e);
    }
    if (!waiting.isEmpty()) {
      watch();
    }
  }

  @Override
  void turn() {
    for (int i = 0; i < MOST_A_TURN; i++) {
      Runnable oldest = waiting.poll();
      if (oldest == null) {
        return;
      }
      call(oldest);
    }
  }

  private void call(Runnable call) {
    begun.incrementAndGet();
    foreign.call("a callback", call);
  }

  private void watch() {
    if (watched.compareAndSet(false, true)) {
      seen = begun.get();
      lookLater();
    }
  }

  private void lookLater() {
    try {
      environment.schedule(environment.nanoTime() + STUCK_NANOS, this::look);
    } catch (RuntimeException | Error e) { // the next call tries again
      watched.set(false);
      foreign.tell("no timer for callbacks: one that waits holds up the others", e);
    }
  }

  /** On the timer's thread: whether something waits and nothing has begun since the last look. */
  private void look() {
    if (waiting.isEmpty()) {
      watched.set(false);
      if (!waiting.isEmpty()) {
        watch();
      }
      return;
    }
    long now = begun.get();
    if (now == seen) {
      try {
        environment.spareCallbacks().execute(this::overtake);
      } catch (Throwable e) { // as many wait as may: looked at again
        foreign.tell("no thread is left for a callback: it is tried again", e);
      }
    }
    seen = now;
    lookLater();
  }

  private void overtake() {
    Runnable newest = waiting.pollLast();
    while (newest != null) {
      call(newest);
      newest = waiting.pollLast();
    }
  }

  @Override
  void failed(Throwable cause) {
    foreign.threw("the callback stage", cause);
  }

  @Override
  boolean hasWork() {
    return !waiting.isEmpty();
  }
}
