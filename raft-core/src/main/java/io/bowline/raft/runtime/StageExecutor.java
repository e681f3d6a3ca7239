package io.bowline.raft.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few daemon threads of one stage. Another one starts only when two tasks wait and nobody sleeps,
 * so one group has one thread. A sleeper is unparked, a busy worker is not disturbed, and nobody is
 * ever interrupted: an interrupt would close the log's channel.
 */
final class StageExecutor implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(StageExecutor.class);
  private static final int MAX_THREADS = 31;

  private final String name;
  private final int maxThreads;
  private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger sleepers = new AtomicInteger();
  private final List<Worker> workers = new ArrayList<>();
  private volatile Worker[] started = new Worker[0];
  private volatile boolean closed;

  StageExecutor(String name, int maxThreads) {
    this.name = name;
    this.maxThreads = Math.min(maxThreads, MAX_THREADS);
  }

  @Override
  public void execute(Runnable task) {
    int backlog = waiting.incrementAndGet();
    queue.add(task);
    while (true) {
      int asleep = sleepers.get();
      if (asleep == 0) {
        if (started.length == 0 || (backlog > 1 && started.length < maxThreads)) {
          startOne();
        }
        return;
      }
      int lowest = Integer.lowestOneBit(asleep);
      if (sleepers.compareAndSet(asleep, asleep & ~lowest)) {
        LockSupport.unpark(started[Integer.numberOfTrailingZeros(lowest)]);
        return;
      }
    }
  }

  private void startOne() {
    Worker worker;
    synchronized (workers) {
      if (workers.size() >= maxThreads || closed) {
        return;
      }
      worker = new Worker(workers.size());
      workers.add(worker);
      started = workers.toArray(new Worker[0]);
    }
    worker.start();
  }

  /** Lets the threads end once the queue is empty. */
  void close() {
    closed = true;
    for (Worker worker : started) {
      LockSupport.unpark(worker);
    }
  }

  private final class Worker extends Thread {
    private final int bit;

    Worker(int number) {
      super(name + "-" + number);
      this.bit = 1 << number;
      setDaemon(true);
    }

    @Override
    public void run() {
      while (true) {
        Runnable task = queue.poll();
        if (task == null) {
          sleepers.getAndUpdate(mask -> mask | bit);
          task = queue.poll();
          if (task == null) {
            if (closed) {
              return;
            }
            LockSupport.park(this);
            sleepers.getAndUpdate(mask -> mask & ~bit);
            continue;
          }
          sleepers.getAndUpdate(mask -> mask & ~bit);
        }
        waiting.decrementAndGet();
        try {
          task.run();
        } catch (Throwable e) {
          LOG.atError().addKeyValue("stage", name).setCause(e).log("a task of a stage threw");
        }
      }
    }
  }
}
