package io.bowline.raft.model;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What an entry of a whole and intact frame may be: a checksum proves what was sent, not that it
 * makes sense. Looked at when it is accepted, so that no later stage meets what it cannot read.
 */
final class EntryCheck {
  private EntryCheck() {}

  /** What is wrong with the frame at that place; null if nothing. */
  static @Nullable String problem(byte[] bytes, int at) {
    if (Frame.flags(bytes, at) != 0 || Frame.reserved(bytes, at) != 0) {
      return "frame flags "
          + Frame.flags(bytes, at)
          + " and reserved bits "
          + Frame.reserved(bytes, at)
          + " need a newer version than feature level 1";
    }
    if (Frame.index(bytes, at) == 0
        || !isNumber(Frame.index(bytes, at))
        || !isNumber(Frame.term(bytes, at))
        || !isNumber(Frame.time(bytes, at))) {
      return "no entry has index "
          + Frame.index(bytes, at)
          + ", term "
          + Frame.term(bytes, at)
          + " and time "
          + Frame.time(bytes, at);
    }
    try {
      return problem(EntryType.of(Frame.typeCode(bytes, at)), bytes, at);
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  static boolean isNumber(long number) {
    return number >= 0 && number <= Message.MAX_NUMBER;
  }

  /** Nothing is made for a command: each copy of each entry passes here. */
  private static @Nullable String problem(EntryType type, byte[] bytes, int at) {
    int length = Frame.payloadLength(bytes, at);
    return switch (type) {
      case COMMAND -> null; // the application's
      case NO_OP -> length == 0 ? null : "a no-op has a payload of " + length + " bytes";
      case MEMBERSHIP -> membership(bytes, at);
      case SESSION_OPEN ->
          length == SessionKey.BYTES ? null : "a session's key has " + length + " bytes";
      case SESSION_COMMAND ->
          length >= SessionHeader.BYTES ? null : "a session's entry ends before its header does";
      case SESSION_CLOSE ->
          length == SessionHeader.BYTES ? null : "the end of a session has " + length + " bytes";
    };
  }

  /** Throws IllegalArgumentException where it does not decode. */
  private static @Nullable String membership(byte[] bytes, int at) {
    ByteBuffer payload =
        ByteBuffer.wrap(bytes, at + Frame.HEADER_BYTES, Frame.payloadLength(bytes, at)).slice();
    ByteBuffer again = ByteBuffer.wrap(Membership.decode(payload).encode());
    return again.equals(payload) ? null : "a membership entry has more than its members";
  }
}
