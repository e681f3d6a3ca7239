package io.bowline.raft.model;

/** What an entry's payload is; the code stands in its frame. A code nobody knows halts a reader. */
public enum EntryType {
  /** A command without a session. */
  COMMAND(1),
  /** What a leader writes first in its term; no payload (§8). */
  NO_OP(2),
  /** {@link Membership#encode}. */
  MEMBERSHIP(3),
  /** {@link SessionHeader} and the command. */
  SESSION_COMMAND(4),
  /** Opens a session whose id is this entry's index; the payload is its {@link SessionKey}. */
  SESSION_OPEN(5),
  /** Closes a session; the payload is a {@link SessionHeader}. */
  SESSION_CLOSE(6);

  private static final EntryType[] BY_CODE = new EntryType[8];

  static {
    for (EntryType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  private final byte code;

  EntryType(int code) {
    this.code = (byte) code;
  }

  /** The byte in the frame. */
  public byte code() {
    return code;
  }

  /** The type of that byte; throws IllegalArgumentException if none is known by it. */
  public static EntryType of(byte code) {
    EntryType type = code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    if (type == null) {
      throw new IllegalArgumentException(
          "entry type " + code + " needs a newer version than feature level 1");
    }
    return type;
  }
}
