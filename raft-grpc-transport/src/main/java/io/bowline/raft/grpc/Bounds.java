package io.bowline.raft.grpc;

import io.bowline.raft.model.Frame;
import io.bowline.raft.model.Message;
import java.io.IOException;

/**
 * What comes from outside is bounded here, before it reaches arithmetic, disk or a log line. Each
 * failure names the field and ends the stream.
 */
final class Bounds {
  /** No term, index, round or time is larger: whatever is added to it does not wrap. */
  static final long LARGEST = Message.MAX_NUMBER;

  /** Packets, requests or replies of one message: what they take in memory is many times larger. */
  static final int ITEMS = 4_096;

  /** Term runs of one append reply. */
  static final int RUNS = 64;

  /** A Raft message without entries. */
  static final int MESSAGE_BYTES = 8 << 10;

  /** Whatever belongs to a handshake: a founding record of 64 members is the largest. */
  static final int WORD_BYTES = 512 << 10;

  /**
   * The largest message that is taken, whatever the batches of this host: one frame of the format's
   * maximum is always sent alone, and its headers take less than the rest.
   */
  static final int INBOUND_BYTES = Frame.MAX_PAYLOAD_BYTES + (64 << 10);

  private static final int NAME_LENGTH = 63;
  private static final int TEXT_LENGTH = 500;

  private Bounds() {}

  /** Numbers on the wire are unsigned and of 64 bits, ours end below 2^62. */
  static long number(String field, long value) throws IOException {
    if (value < 0 || value > LARGEST) {
      throw new IOException(field + "=" + Long.toUnsignedString(value) + " is not below 2^62");
    }
    return value;
  }

  /** A number that begins with 1. */
  static long ordinal(String field, long value) throws IOException {
    if (value == 0) {
      throw new IOException(field + "=0 is none: it begins with 1");
    }
    return number(field, value);
  }

  /** 32 bits, of which ours use 31. */
  static int small(String field, int value) throws IOException {
    if (value < 0) {
      throw new IOException(field + "=" + Integer.toUnsignedString(value) + " is over 2^31");
    }
    return value;
  }

  /** A count or a length with a limit of its own. */
  static void atMost(String field, long value, long limit) throws IOException {
    if (value < 0 || value > limit) {
      throw new IOException(field + "=" + value + " is over the limit of " + limit);
    }
  }

  /** A name that may be quoted: its letters are looked at by the type that it becomes. */
  static String name(String field, String text) throws IOException {
    if (text.length() > NAME_LENGTH) {
      throw new IOException(
          field
              + " '"
              + text(text.substring(0, NAME_LENGTH))
              + "' goes on after "
              + NAME_LENGTH
              + " characters");
    }
    return text;
  }

  /** What others say, as it may stand in a log: of one line, and not too long. */
  static String text(String said) {
    String cut = said.length() <= TEXT_LENGTH ? said : said.substring(0, TEXT_LENGTH) + "…";
    StringBuilder line = null;
    for (int i = 0; i < cut.length(); i++) {
      if (Character.isISOControl(cut.charAt(i))) {
        line = line == null ? new StringBuilder(cut) : line;
        line.setCharAt(i, '?');
      }
    }
    return line == null ? cut : line.toString();
  }

  /** What was thrown, in such words. */
  static String text(Throwable thrown) {
    String message = thrown.getMessage();
    return text(message == null ? thrown.getClass().getName() : message);
  }
}
