package io.bowline.raft.testkit.junit.conformance;

/** Unwinds the stack of a process that the kit has let die in the middle of a call to its disk. */
final class Killed extends Error {
  private static final long serialVersionUID = 1L;

  Killed() {
    super("the conformance kit let this process die", null, false, false);
  }
}
