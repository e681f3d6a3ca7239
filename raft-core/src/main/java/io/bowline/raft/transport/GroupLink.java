package io.bowline.raft.transport;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;

/**
 * One group's part of one stream to a peer. The host judges the handshake and lets messages pass.
 * Safe from any thread; never blocks; calls on a stream that is gone do nothing.
 */
public interface GroupLink {
  /** The group. */
  GroupId group();

  /** The node at the other end, as it said itself. */
  NodeId peer();

  /** Whether this host has dialled: then requests go out and replies come in. */
  boolean isDialled();

  /** Whether it carries AppendEntries and their replies; if not, votes and heartbeats. */
  boolean isForEntries();

  /** The other end's address, for the log. */
  String remote();

  /** Says a word of the handshake, whatever waits. */
  void say(GroupWord word);

  /**
   * From now on the group's messages pass, and those that come are that directory's. An older
   * stream of the same kind that was admitted for the same directory is closed, so that its owner
   * dials again; another directory's is not touched (identity 15).
   */
  void admit(Peer peer);

  /** Tells the other side why; no message passes. The dialler is {@code opened} again later. */
  void refuse(String reason);
}
