package io.bowline.raft.runtime;

/** What the runtime asks of a state machine; the public face adapts the embedder's to it. */
public interface Applier {
  /**
   * Applies all commands of the cursor, in order, and replies to each. An exception halts the node:
   * every replica meets the same one at the same index.
   */
  void apply(ApplyCursor cursor) throws Exception;

  /** The bytes of a reply, for a session's table and for clients. */
  byte[] encodeReply(Object reply);
}
