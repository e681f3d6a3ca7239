package io.bowline.raft.testkit;

/** Where a fault strikes; a run can be held to some of them. */
public enum FaultArea {
  /** What lies between the machines. */
  NETWORK,
  /** Processes and the machines they run on. */
  NODE,
  /** What is read from a disk, written to it and kept by it. */
  DISK,
  /** How fast time passes on a machine. */
  CLOCK,
  /** Who asks. */
  CLIENT,
  /** What an operator does, in order. */
  OPERATOR,
  /** Code that is called and is not the library's. */
  FOREIGN
}
