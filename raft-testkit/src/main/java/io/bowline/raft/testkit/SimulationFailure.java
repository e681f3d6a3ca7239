package io.bowline.raft.testkit;

import java.util.Locale;

/** A check has seen what must not be: which one, at which step, and how to see it again. */
public final class SimulationFailure extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final long seed;
  private final String check;
  private final long step;

  SimulationFailure(long seed, String check, long step, long time, String what) {
    super(
        String.format(
            Locale.ROOT,
            "%s broken at step %d, t=%.3fs, seed 0x%X: %s",
            check,
            step,
            time / 1e9,
            seed,
            what));
    this.seed = seed;
    this.check = check;
    this.step = step;
  }

  /** What replays it. */
  public long seed() {
    return seed;
  }

  /** The name of the check, as in docs/testing/README.md. */
  public String check() {
    return check;
  }

  /** How many events had happened. */
  public long step() {
    return step;
  }
}
