package io.bowline.raft.model;

/** The part a node plays in its term (§5.1). */
public enum NodeRole {
  FOLLOWER,
  CANDIDATE,
  LEADER
}
