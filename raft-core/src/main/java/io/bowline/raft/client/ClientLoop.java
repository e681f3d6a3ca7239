package io.bowline.raft.client;

import io.bowline.raft.logging.GuardedLog;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs a conversation on whichever thread has something for it: one at a time, and the others leave
 * their events and go. So a lone request leaves on its caller's own thread, and what comes while
 * another thread is at work is taken together when that one comes back for more.
 */
final class ClientLoop {
  /** Something that happened, to be told to the conversation. */
  interface Event {
    void happen(Conversation conversation);
  }

  private static final GuardedLog LOG = GuardedLog.of(ClientLoop.class);

  /** So many rounds a thread works for others before the rest goes to the executor. */
  private static final int ROUNDS_AT_A_TIME = 16;

  private final ClientEnvironment environment;
  private final Conversation conversation;
  private final Deliveries deliveries;
  private final ConcurrentLinkedQueue<Event> mailbox = new ConcurrentLinkedQueue<>();
  private final AtomicInteger signals = new AtomicInteger();

  /** The one timer: never later than what is due next; only the thread at work touches it. */
  private @Nullable Runnable cancelTimer;

  private long timerNanos;

  /** Run once, when the conversation is over. */
  private final Runnable atEnd;

  private boolean over;

  ClientLoop(
      ClientLimits limits,
      ClientTransport transport,
      ClientEnvironment environment,
      Executor callbacks,
      Budget budget,
      ClientCounters counters,
      Runnable atEnd) {
    this.environment = environment;
    this.atEnd = atEnd;
    this.deliveries = new Deliveries(callbacks, this::signal);
    RandomGenerator random = environment.random();
    Route route = new Route(limits, transport, this, random, counters, environment.nanoTime());
    this.conversation = new Conversation(limits, route, budget, counters, random);
  }

  /** Throws if this thread runs a callback: what it would wait for is told behind it. */
  void refuseWaitInCallback() {
    if (deliveries.isDelivering()) {
      throw new IllegalStateException(
          "a callback of this client waits for this client: use submit or query there");
    }
  }

  void post(Event event) {
    mailbox.add(event);
    if (!deliveries.collects()) {
      signal();
    } // else the deliverer signals once, behind its last callback
  }

  private void signal() {
    if (signals.getAndIncrement() == 0) {
      run();
    }
  }

  private void run() {
    int round = 0;
    int seen = signals.get();
    while (seen != 0) {
      if (round++ == ROUNDS_AT_A_TIME && handOver()) {
        return;
      }
      round();
      seen = signals.addAndGet(-seen);
    }
  }

  private boolean handOver() {
    try {
      environment.executor().execute(this::run);
      return true;
    } catch (RuntimeException | Error refused) { // shut down, or no thread was to be had
      return false;
    }
  }

  private void round() {
    long now = environment.nanoTime();
    conversation.begin(now);
    try {
      for (Event event = mailbox.poll(); event != null; event = mailbox.poll()) {
        event.happen(conversation);
      }
      conversation.proceed();
    } catch (RuntimeException | Error broken) {
      breakDown(broken);
    }
    try {
      tell(now);
    } catch (RuntimeException | Error broken) {
      breakDown(broken);
      deliveries.deliver(conversation.takeEnded());
    }
  }

  private void tell(long now) {
    deliveries.deliver(conversation.takeEnded());
    if (conversation.isOver() && !over) {
      over = true;
      atEnd.run();
    }
    arm(now, Math.min(conversation.untilNextNanos(), deliveries.watch(now)));
  }

  /** Our own bug, or the transport's: nobody may wait for ever because of it. */
  private void breakDown(Throwable broken) {
    LOG.error(broken, "the client's loop broke and is closed: open another");
    try {
      conversation.breakOff("the client's loop broke: " + broken);
    } catch (RuntimeException | Error again) {
      LOG.error(again, "and so did its closing");
    }
  }

  private void arm(long now, long wait) {
    Runnable cancel = cancelTimer;
    if (wait == Long.MAX_VALUE) {
      if (cancel != null) {
        cancelTimer = null;
        cancel.run();
      }
      return;
    }
    long deadline = now + wait;
    if (cancel != null) {
      if (timerNanos - deadline <= 0) {
        return; // it fires early enough, finds nothing due and is set anew
      }
      cancel.run();
    }
    timerNanos = deadline;
    cancelTimer = environment.schedule(deadline, () -> post(due -> cancelTimer = null));
  }
}
