package io.bowline.raft.storage;

/**
 * A channel that meets a thread's interrupt flag closes, for everyone: around each call into one
 * the flag is taken away, and set again behind it for whom it was meant.
 */
final class InterruptFlag {
  private InterruptFlag() {}

  /** Whether it was set. */
  static boolean takeAway() {
    return Thread.interrupted();
  }

  static void giveBack(boolean wasSet) {
    if (wasSet) {
      Thread.currentThread().interrupt();
    }
  }
}
