package io.bowline.raft.runtime;

/**
 * One timer of the raft stage. A later deadline than the one it is set to needs no new timer: it
 * rings early, and who hears it sets it again.
 */
final class Alarm {
  static final long NEVER = Long.MAX_VALUE;

  private final NodeEnvironment environment;
  private final Runnable ring;
  private long set = NEVER;
  private Runnable cancel = () -> {};

  /** {@code ring} runs on the timer's thread and only hands over. */
  Alarm(NodeEnvironment environment, Runnable ring) {
    this.environment = environment;
    this.ring = ring;
  }

  /** Rings at that time at the latest. */
  void by(long deadlineNanos) {
    if (deadlineNanos == NEVER || (set != NEVER && set - deadlineNanos <= 0)) {
      return;
    }
    cancel.run();
    set = deadlineNanos;
    cancel = environment.schedule(deadlineNanos, ring);
  }

  /** It has rung, and was heard. */
  void heard() {
    set = NEVER;
  }

  /** It rings no more. */
  void cancel() {
    cancel.run();
    set = NEVER;
  }
}
