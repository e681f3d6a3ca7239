package io.bowline.raft.testkit;

/** Where a node, or a client, calls code that is not the library's. */
public enum Seam {
  /** A command or query becomes bytes. */
  ENCODE_COMMAND,
  /** Bytes become a command or query. */
  DECODE_COMMAND,
  /** A reply becomes bytes. */
  ENCODE_REPLY,
  /** Bytes become a reply. */
  DECODE_REPLY,
  /** The state machine is given committed commands. */
  APPLY,
  /** The state machine is asked. */
  QUERY,
  /** A listener hears of the node. */
  LISTENER,
  /** A sink is told a figure. */
  METRICS,
  /** What somebody has chained to a future. */
  CALLBACK
}
