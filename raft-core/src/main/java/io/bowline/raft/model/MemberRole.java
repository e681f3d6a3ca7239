package io.bowline.raft.model;

/** What a member counts for; the middle three occur in a joint configuration only (§6). */
public enum MemberRole {
  /** Votes and is counted, in both sets of a joint configuration. */
  VOTER(1),
  /** Will be a voter: counted in the incoming set only. */
  JOINING(2),
  /** Was a voter and goes: counted in the outgoing set only. */
  LEAVING(3),
  /** Was a voter and becomes a learner: counted in the outgoing set only. */
  DEMOTING(4),
  /** Receives entries, never votes and is never counted. */
  LEARNER(5);

  private final byte code;

  MemberRole(int code) {
    this.code = (byte) code;
  }

  /** The byte in a membership entry. */
  public byte code() {
    return code;
  }

  /** The role of that byte; throws IllegalArgumentException if none is known by it. */
  public static MemberRole of(byte code) {
    for (MemberRole role : values()) {
      if (role.code == code) {
        return role;
      }
    }
    throw new IllegalArgumentException(
        "member role " + code + " needs a newer version than feature level 1");
  }

  /** Counted in the incoming (or only) majority. */
  public boolean votesIncoming() {
    return this == VOTER || this == JOINING;
  }

  /** Counted in the outgoing majority of a joint configuration. */
  public boolean votesOutgoing() {
    return this == VOTER || this == LEAVING || this == DEMOTING;
  }

  /** Whether this role occurs in a joint configuration only. */
  public boolean isJoint() {
    return this == JOINING || this == LEAVING || this == DEMOTING;
  }
}
