package io.bowline.raft.model;

import org.jspecify.annotations.Nullable;

/**
 * How far a directory is with the founding of its group (identity 1).
 *
 * @param record the initial membership with all incarnations; {@code null} while fresh
 */
public record Founding(State state, @Nullable Membership record) {
  /** A directory that has written no record. */
  public static final Founding FRESH = new Founding(State.FRESH, null);

  /** The three states, in the order in which a directory goes through them. */
  public enum State {
    /** No record was written. */
    FRESH,
    /** A record was written, and may give way to another one. */
    WRITTEN,
    /** All that the record names have written it: it stands for ever. */
    COMPLETE
  }

  /** A fresh directory has no record, every other one has. */
  public Founding {
    if ((state == State.FRESH) != (record == null)) {
      throw new IllegalArgumentException(state + " with record " + record);
    }
  }

  /** A directory that has written that record. */
  public static Founding written(Membership record) {
    return new Founding(State.WRITTEN, record);
  }

  /** A directory that is complete under that record. */
  public static Founding complete(Membership record) {
    return new Founding(State.COMPLETE, record);
  }

  /** Whether it is complete. */
  public boolean isComplete() {
    return state == State.COMPLETE;
  }

  /** The founding id of the record; {@code null} while fresh. */
  public @Nullable FoundingId id() {
    return record == null ? null : FoundingId.of(record);
  }
}
