package io.bowline.raft.client;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** One thread, a clock that the test moves, tasks in the order of their time. */
final class VirtualTime implements ClientEnvironment {
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::atNanos).thenComparingLong(Task::number));
  private final RandomGenerator random;
  private long nowNanos = Long.MAX_VALUE - 5_000_000_000L; // the clock's origin is arbitrary
  private final long startNanos = nowNanos;
  private long numbers;

  VirtualTime(long seed) {
    random = new Random(seed);
  }

  @Override
  public long nanoTime() {
    return nowNanos;
  }

  Duration elapsed() {
    return Duration.ofNanos(nowNanos - startNanos);
  }

  @Override
  public Runnable schedule(long deadlineNanos, Runnable task) {
    Task added = new Task(Math.max(deadlineNanos - startNanos, sinceStart()), numbers++, task);
    tasks.add(added);
    return () -> tasks.remove(added);
  }

  void after(Duration delay, Runnable task) {
    schedule(nowNanos + delay.toNanos(), task);
  }

  @Override
  public Executor executor() {
    return task -> schedule(nowNanos, task);
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  /** Runs what is due now. */
  void settle() {
    advance(Duration.ZERO);
  }

  void advance(Duration time) {
    long until = sinceStart() + time.toNanos();
    for (Task task = tasks.peek(); task != null && task.atNanos <= until; task = tasks.peek()) {
      tasks.poll();
      nowNanos = startNanos + task.atNanos;
      task.work.run();
    }
    nowNanos = startNanos + until;
  }

  int waiting() {
    return tasks.size();
  }

  private long sinceStart() {
    return nowNanos - startNanos;
  }

  private record Task(long atNanos, long number, Runnable work) {}
}
