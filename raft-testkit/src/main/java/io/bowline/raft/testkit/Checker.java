package io.bowline.raft.testkit;

/** Looks on and never touches; its work is proportional to what changed. */
interface Checker {
  /** After each event; what happened, happened at that slot. */
  void afterEvent(int slot);
}
