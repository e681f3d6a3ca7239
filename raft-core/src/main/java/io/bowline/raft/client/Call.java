package io.bowline.raft.client;

import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.SessionKey;
import org.jspecify.annotations.Nullable;

/** One request until it has an outcome; all but the final fields belong to the loop. */
abstract class Call implements ClientLoop.Event {
  /** What it asks. */
  enum Kind {
    COMMAND,
    QUERY,
    GREET,
    OPEN_SESSION,
    CLOSE_SESSION
  }

  private static final int MOST_DOUBLINGS = 8;

  final Kind kind;
  final Payload payload;
  final long deadlineNanos;

  /** Somebody waits for it in a blocking call: completed by the loop, not by the executor. */
  final boolean waitedFor;

  /** A command's own, from its first attempt on; every retry has the same (thesis §6.3). */
  @Nullable Session session;

  long sequence;

  /** Of the opening of a session: what names it beside its index, the same in all retries. */
  @Nullable SessionKey opens;

  /** Attempts that were sent and not certainly refused: with any, it may have been applied. */
  int uncertain;

  /** Its latest attempt: where, under which id, when; no link while it waits to be sent. */
  @Nullable Link link;

  long linkId;
  long sentNanos;

  /** How often it was sent. */
  int attempts;

  @Nullable Outcome<Payload> outcome;

  /** Neighbours in {@link CallList}. */
  @Nullable Call previous;

  @Nullable Call next;

  Call(Kind kind, Payload payload, long deadlineNanos, boolean waitedFor) {
    this.kind = kind;
    this.payload = payload;
    this.deadlineNanos = deadlineNanos;
    this.waitedFor = waitedFor;
  }

  @Override
  public void happen(Conversation conversation) {
    conversation.accept(this);
  }

  /**
   * When to ask the same node again, though it answers others: it is more likely slow than
   * forgetful, so each time takes twice as long as the one before.
   */
  long repeatAtNanos(long attemptTimeoutNanos) {
    return sentNanos + (attemptTimeoutNanos << Math.min(attempts, MOST_DOUBLINGS));
  }

  /** Asked by the client itself: no deadline, no caller. */
  boolean isOwn() {
    return false;
  }

  boolean ended() {
    return outcome != null;
  }

  boolean mayHaveBeenApplied() {
    return kind == Kind.COMMAND && uncertain > 0;
  }

  /** Hands the outcome to who asked; called once, outside the loop's own work. */
  abstract void deliver(Outcome<Payload> ending);
}
