package io.bowline.raft.model;

/** One member's name within its cluster: 1 to 63 of {@code [A-Za-z0-9._-]}. */
public record NodeId(String value) implements Comparable<NodeId> {
  /** Refuses a name that is not 1 to 63 of {@code [A-Za-z0-9._-]}. */
  public NodeId {
    Ids.require("node id", value);
  }

  /** The id of that name. */
  public static NodeId of(String value) {
    return new NodeId(value);
  }

  @Override
  public int compareTo(NodeId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
