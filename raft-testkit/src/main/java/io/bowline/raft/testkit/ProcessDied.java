package io.bowline.raft.testkit;

/**
 * Unwinds the stack of a process that crashed in the middle of a call; no code of a node may go on
 * after it, and none that does can reach the world.
 */
final class ProcessDied extends Error {
  private static final long serialVersionUID = 1L;

  ProcessDied() {
    super("the simulated process died", null, false, false);
  }
}
