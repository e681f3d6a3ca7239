package io.bowline.raft.core;

/** A bug of ours: the node halts and keeps its files, for wrong is worse than down. */
public final class InvariantViolation extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final String invariant;

  InvariantViolation(Invariant invariant, long actual, long bound) {
    super(invariant.name() + " broken: " + invariant.meaning() + "; " + actual + " vs " + bound);
    this.invariant = invariant.name();
  }

  /** Its name in docs/design/invariants.md. */
  public String invariant() {
    return invariant;
  }
}
