package io.bowline.raft.model;

/** One Raft group's name within its cluster: 1 to 63 of {@code [A-Za-z0-9._-]}. */
public record GroupId(String value) implements Comparable<GroupId> {
  /** Refuses a name that is not 1 to 63 of {@code [A-Za-z0-9._-]}. */
  public GroupId {
    Ids.require("group id", value);
  }

  /** The id of that name. */
  public static GroupId of(String value) {
    return new GroupId(value);
  }

  @Override
  public int compareTo(GroupId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
