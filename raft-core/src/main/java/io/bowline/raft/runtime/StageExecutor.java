package io.bowline.raft.runtime;

import io.bowline.raft.logging.GuardedLog;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A few daemon threads of one stage, over one queue: first come, first served. It counts who is
 * free, not what waits: no task waits while a thread that may be there is not, so a task that is
 * stuck costs its thread and nobody else; and one group has one thread. A sleeper is unparked, a
 * busy worker is not disturbed, and nobody is ever interrupted: that would close the log's channel.
 */
final class StageExecutor implements Executor {
  private static final GuardedLog LOG = GuardedLog.of(StageExecutor.class);
  private static final int MAX_THREADS = 31;

  private final String name;
  private final int maxThreads;
  private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();

  /** Tasks that wait or run. */
  private final AtomicInteger engaged = new AtomicInteger();

  /** A bit for each worker that sleeps; who takes it away wakes it. */
  private final AtomicInteger sleepers = new AtomicInteger();

  private final Object starting = new Object();
  private final @Nullable Worker[] workers;
  private volatile int started;
  private volatile boolean closed;

  StageExecutor(String name, int maxThreads) {
    this.name = name;
    this.maxThreads = Math.min(maxThreads, MAX_THREADS);
    this.workers = new Worker[this.maxThreads];
  }

  @Override
  public void execute(Runnable task) {
    engaged.incrementAndGet();
    queue.add(task);
    if (isGoingOn(task)) {
      return; // a sleeper would wake up for nothing: this thread looks into the queue next
    }
    if (!lacksThreads() || !startWorker(task)) {
      wakeOne();
    }
  }

  /** Whether a task puts itself behind the others: the last thing that it does. */
  private boolean isGoingOn(Runnable task) {
    return Thread.currentThread() instanceof Worker own && own.isOf(this) && own.running == task;
  }

  /**
   * Whether more is to be done than there are threads for: asked of the sum as it is now, for of
   * two that hand over at once the one that comes second has to see both.
   */
  private boolean lacksThreads() {
    int wanted = engaged.get();
    if (Thread.currentThread() instanceof Worker own && own.isOf(this)) {
      wanted--; // as a rule the last thing that a task does: its thread is about to be free
    }
    return started < Math.min(wanted, maxThreads);
  }

  private void wakeOne() {
    while (true) {
      int asleep = sleepers.get();
      if (asleep == 0) {
        return; // whoever is between two tasks looks into the queue before it sleeps
      }
      int lowest = Integer.lowestOneBit(asleep);
      if (sleepers.compareAndSet(asleep, asleep & ~lowest)) {
        Worker worker = workers[Integer.numberOfTrailingZeros(lowest)];
        LockSupport.unpark(worker);
        return;
      }
    }
  }

  /** Starts another thread, if there are still too few. */
  private boolean startWorker(@Nullable Runnable task) {
    synchronized (starting) {
      if (!lacksThreads()) {
        return false;
      }
      int slot = 0;
      while (workers[slot] != null) {
        slot++;
      }
      Worker worker = new Worker(slot);
      workers[slot] = worker;
      started++;
      try {
        worker.start();
        return true;
      } catch (Throwable e) { // no memory for another thread: those that are there go on
        workers[slot] = null;
        started--;
        refuse(task, e);
        return false;
      }
    }
  }

  private void refuse(@Nullable Runnable task, Throwable cause) {
    if (started == 0 && task != null && queue.remove(task)) {
      engaged.decrementAndGet();
      throw new RejectedExecutionException("no thread can be started for " + name, cause);
    }
    LOG.warn(cause, "no further thread can be started for a stage", "stage", name);
  }

  /** Lets the threads end once the queue is empty; a task that comes later has one of its own. */
  void close() {
    closed = true;
    synchronized (starting) {
      for (Worker worker : workers) {
        LockSupport.unpark(worker);
      }
    }
  }

  /** How many tasks wait or run. */
  int engaged() {
    return engaged.get();
  }

  /** How many threads there are. */
  int threads() {
    return started;
  }

  private final class Worker extends Thread {
    private final int slot;
    private final int bit;
    private boolean left; // this thread's own
    private @Nullable Runnable running; // likewise

    Worker(int slot) {
      super(name + "-" + slot);
      this.slot = slot;
      this.bit = 1 << slot;
      setDaemon(true);
    }

    boolean isOf(StageExecutor executor) {
      return !left && executor == StageExecutor.this;
    }

    @Override
    public void run() {
      while (true) {
        Runnable task = queue.poll();
        if (task == null) {
          sleepers.getAndUpdate(mask -> mask | bit);
          task = queue.poll();
          if (task == null) {
            if (closed && end()) {
              return;
            }
            if (!closed) {
              LockSupport.park(this);
            }
            sleepers.getAndUpdate(mask -> mask & ~bit);
            continue;
          }
          if ((sleepers.getAndUpdate(mask -> mask & ~bit) & bit) == 0) {
            wakeOne(); // somebody took this one for a sleeper: what it was woken for may wait yet
          }
        }
        run(task);
      }
    }

    private void run(Runnable task) {
      running = task;
      try {
        task.run();
      } catch (Throwable e) {
        LOG.error(e, "a task of a stage threw", "stage", name);
      } finally {
        running = null;
        engaged.decrementAndGet();
        Foreign.clean(false); // an interrupt that a task has left is nobody's
      }
    }

    /** Leaves, unless somebody counts on this thread meanwhile. */
    private boolean end() {
      int asleep = sleepers.get();
      if ((asleep & bit) == 0 || !sleepers.compareAndSet(asleep, asleep & ~bit)) {
        return false;
      }
      synchronized (starting) {
        workers[slot] = null;
        started--;
      }
      left = true;
      if (!queue.isEmpty()) {
        startWorker(null);
      }
      return true;
    }
  }
}
