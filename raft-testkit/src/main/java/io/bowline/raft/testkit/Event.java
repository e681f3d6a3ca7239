package io.bowline.raft.testkit;

import org.jspecify.annotations.Nullable;

/** One thing that happens at one instant: an item of the {@link EventQueue}. */
abstract class Event {
  /** What it is, for the trace; the code stands in the hash and never changes. */
  enum Kind {
    TURN(1),
    TIMER(2),
    DISK(3),
    DELIVERY(4),
    CONNECTION(5),
    CLIENT(6),
    WORLD(7);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  private final Kind kind;
  private final int slot;
  private final @Nullable Life life;
  private boolean cancelled;
  private long time;
  private long tie;
  private long sequence;

  /** Of the hardware or the world at that slot: happens whatever becomes of processes. */
  Event(Kind kind, int slot) {
    this.kind = kind;
    this.slot = slot;
    this.life = null;
  }

  /** Of one process: is dropped when it dies and waits while it is paused. */
  Event(Kind kind, Life life) {
    this.kind = kind;
    this.slot = life.slot();
    this.life = life;
  }

  abstract void happen();

  /** What the trace hash shall cover beside time, slot and kind. */
  long fingerprint() {
    return 0;
  }

  /** For the written trace only. */
  String describe() {
    return "";
  }

  Kind kind() {
    return kind;
  }

  int slot() {
    return slot;
  }

  @Nullable Life life() {
    return life;
  }

  void cancel() {
    cancelled = true;
  }

  boolean isCancelled() {
    return cancelled || (life != null && life.isDead());
  }

  long time() {
    return time;
  }

  void place(long atTime, long drawnTie, long number) {
    time = atTime;
    tie = drawnTie;
    sequence = number;
  }

  boolean isBefore(Event other) {
    if (time != other.time) {
      return time < other.time;
    }
    return tie != other.tie ? tie < other.tie : sequence < other.sequence;
  }
}
