package io.bowline.raft.model;

/** One directory of one node: what it has said and answered is its own, not the id's. */
public record Peer(NodeId id, Incarnation incarnation) {
  @Override
  public String toString() {
    return id + "/" + incarnation;
  }
}
