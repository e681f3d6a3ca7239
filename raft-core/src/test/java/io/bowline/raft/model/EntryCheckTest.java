package io.bowline.raft.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Frames whose checksums are right and whose content nobody can mean: refused when accepted. */
class EntryCheckTest {
  private static final int FLAGS = 5;
  private static final int RESERVED = 6;
  private static final int TERM = 8;
  private static final int INDEX = 16;
  private static final int TIME = 24;
  private static final int HEADER_CRC = 36;

  private static byte[] frame(EntryType type, byte[] payload) {
    EntryBatch batch =
        EntryBatch.builder(new EntryId(5, 2), 1, payload.length, 0).add(type, payload).build();
    byte[] bytes = new byte[(int) batch.byteLength()];
    batch.slice(0).get(bytes);
    return bytes;
  }

  private static void isRefused(byte[] bytes) {
    assertThatThrownBy(() -> EntryBatch.decode(bytes, 0, bytes.length))
        .isInstanceOf(CorruptFrameException.class);
  }

  /** A command of a session shorter than its header was halted at where it was applied. */
  @Test
  void aPayloadIsOfItsType() throws CorruptFrameException {
    byte[] three = {1, 2, 3};
    byte[] header = new byte[SessionHeader.BYTES];
    byte[] longer = new byte[SessionHeader.BYTES + 1];

    isRefused(frame(EntryType.NO_OP, three));
    isRefused(frame(EntryType.MEMBERSHIP, three));
    isRefused(frame(EntryType.SESSION_OPEN, three));
    isRefused(frame(EntryType.SESSION_COMMAND, three));
    isRefused(frame(EntryType.SESSION_CLOSE, three));
    isRefused(frame(EntryType.SESSION_CLOSE, longer));

    for (byte[] good :
        List.of(
            frame(EntryType.COMMAND, three),
            frame(EntryType.NO_OP, new byte[0]),
            frame(EntryType.SESSION_COMMAND, longer),
            frame(EntryType.SESSION_CLOSE, header))) {
      assertThat(EntryBatch.decode(good, 0, good.length).count()).isEqualTo(1);
    }
  }

  @Test
  void aMembershipIsNothingButItsMembers() {
    byte[] members = Membership.of(Member.voter(NodeId.of("n1"), "local:1")).encode();

    isRefused(frame(EntryType.MEMBERSHIP, Arrays.copyOf(members, members.length + 1)));
    isRefused(frame(EntryType.MEMBERSHIP, Arrays.copyOf(members, members.length - 1)));
  }

  @Test
  void noNumberOfAFrameIsBelievedThatCannotBeOne() {
    for (long number : new long[] {-1, Message.MAX_NUMBER + 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
      for (int field : new int[] {TERM, INDEX, TIME}) {
        byte[] bytes = frame(EntryType.COMMAND, new byte[4]);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(field, number);
        isRefused(sealed(bytes));
      }
    }
    byte[] none = frame(EntryType.COMMAND, new byte[4]);
    ByteBuffer.wrap(none).order(ByteOrder.LITTLE_ENDIAN).putLong(INDEX, 0);
    isRefused(sealed(none));
  }

  @Test
  void bitsThatNobodyKnowsAreRefused() {
    for (int field : new int[] {FLAGS, RESERVED, RESERVED + 1}) {
      byte[] bytes = frame(EntryType.COMMAND, new byte[4]);
      bytes[field] |= 1;
      isRefused(sealed(bytes));
    }
  }

  /** With a header checksum that is right again. */
  private static byte[] sealed(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, HEADER_CRC);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(HEADER_CRC, (int) crc.getValue());
    assertThat(Frame.headerIsValid(bytes, 0, bytes.length, new CRC32C())).isTrue();
    return bytes;
  }
}
