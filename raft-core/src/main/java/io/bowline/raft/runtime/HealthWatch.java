package io.bowline.raft.runtime;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Looks after {@link Health} at the end of each turn, and when time alone changes it. */
final class HealthWatch {
  private final Health health;
  private final ApplyPipeline apply;
  private final DiskWriter writer;
  private final Alarm alarm;
  private final Consumer<Health.@Nullable Trouble> tell;
  private Health.@Nullable Trouble told = Health.Trouble.NO_LEADER;
  private volatile boolean awaitsApply;

  /**
   * Begins with a node that serves nothing.
   *
   * @param look has the raft stage call {@link #heard} and have a turn; from any thread
   * @param tell hears each change: why the node does not serve, or null
   */
  HealthWatch(
      long electionTimeoutNanos,
      NodeEnvironment environment,
      ApplyPipeline apply,
      DiskWriter writer,
      Runnable look,
      Consumer<Health.@Nullable Trouble> tell) {
    this.health = new Health(electionTimeoutNanos);
    this.apply = apply;
    this.writer = writer;
    this.alarm = new Alarm(environment, look);
    this.tell = tell;
  }

  void leader(boolean known) {
    health.leader(known);
  }

  void contradicted(boolean now) {
    health.contradicted(now);
  }

  void room(boolean available) {
    health.room(available);
  }

  void heard() {
    alarm.heard();
  }

  /** Raft stage, after each turn. */
  void look(long nowNanos, long applicable) {
    awaitsApply = true; // before apply is looked at: who applies behind that look wakes us
    health.writes(writer.isWriting(), writer.issued(), nowNanos);
    health.applies(apply.lastApplied(), applicable, apply.hasWork(), nowNanos);
    Health.Trouble trouble = health.trouble(nowNanos);
    awaitsApply = trouble == Health.Trouble.APPLY_STUCK || trouble == Health.Trouble.BEHIND;
    say(trouble);
    alarm.by(health.nextLookNanos(nowNanos));
  }

  private void say(Health.@Nullable Trouble trouble) {
    if (trouble != told) {
      told = trouble;
      tell.accept(trouble);
    }
  }

  /** Whether the raft stage must have a turn when something was applied; from any thread. */
  boolean awaitsApply() {
    return awaitsApply;
  }

  /** Raft stage: the node has ended. */
  void end() {
    alarm.cancel();
    awaitsApply = false;
    health.ended();
    say(Health.Trouble.ENDED);
  }
}
