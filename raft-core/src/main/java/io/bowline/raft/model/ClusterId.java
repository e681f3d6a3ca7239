package io.bowline.raft.model;

/** A cluster's name; nodes of another one are refused: 1 to 63 of {@code [A-Za-z0-9._-]}. */
public record ClusterId(String value) implements Comparable<ClusterId> {
  /** Refuses a name that is not 1 to 63 of {@code [A-Za-z0-9._-]}. */
  public ClusterId {
    Ids.require("cluster id", value);
  }

  /** The id of that name. */
  public static ClusterId of(String value) {
    return new ClusterId(value);
  }

  @Override
  public int compareTo(ClusterId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
