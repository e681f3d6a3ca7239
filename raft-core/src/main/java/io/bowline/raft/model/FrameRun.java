package io.bowline.raft.model;

import java.util.Arrays;
import java.util.zip.CRC32C;

/** Frames {@code from} to {@code to} of one array; {@code offsets} has one more than frames. */
final class FrameRun {
  final byte[] bytes;
  final int[] offsets;
  final int from;
  final int to;
  final long firstIndex;

  /** Whether a membership entry may be among them. */
  final boolean memberships;

  FrameRun(byte[] bytes, int[] offsets, int from, int to, long firstIndex, boolean memberships) {
    this.bytes = bytes;
    this.offsets = offsets;
    this.from = from;
    this.to = to;
    this.firstIndex = firstIndex;
    this.memberships = memberships;
  }

  /** Verifies the frames that fill these bytes; there is at least one. */
  static FrameRun decode(byte[] bytes, int from, int to) throws CorruptFrameException {
    CRC32C crc = new CRC32C();
    int[] offsets = new int[16];
    int frames = 0;
    int at = from;
    boolean memberships = false;
    while (at < to) {
      memberships |= requireWhole(bytes, from, at, to, crc) == EntryType.MEMBERSHIP;
      if (frames > 0) {
        requireOrder(bytes, offsets[frames - 1], at);
      }
      if (frames + 2 > offsets.length) {
        offsets = Arrays.copyOf(offsets, offsets.length * 2);
      }
      offsets[frames++] = at;
      at += Frame.HEADER_BYTES + Frame.payloadLength(bytes, at);
    }
    offsets[frames] = at;
    return new FrameRun(bytes, offsets, 0, frames, Frame.index(bytes, from), memberships);
  }

  private static EntryType requireWhole(byte[] bytes, int from, int at, int to, CRC32C crc)
      throws CorruptFrameException {
    if (!Frame.headerIsValid(bytes, at, to, crc)) {
      throw new CorruptFrameException("no valid frame header at byte " + (at - from));
    }
    if (!Frame.payloadIsValid(bytes, at, to, crc)) {
      throw new CorruptFrameException(
          "the payload of "
              + new EntryId(Frame.index(bytes, at), Frame.term(bytes, at))
              + " does not agree with its checksum");
    }
    String problem = EntryCheck.problem(bytes, at);
    if (problem != null) {
      throw new CorruptFrameException("the frame at byte " + (at - from) + ": " + problem);
    }
    return EntryType.of(Frame.typeCode(bytes, at));
  }

  private static void requireOrder(byte[] bytes, int before, int at) throws CorruptFrameException {
    if (Frame.index(bytes, at) != Frame.index(bytes, before) + 1
        || Frame.term(bytes, at) < Frame.term(bytes, before)
        || Frame.time(bytes, at) < Frame.time(bytes, before)) {
      throw new CorruptFrameException(
          "frame "
              + new EntryId(Frame.index(bytes, at), Frame.term(bytes, at))
              + " follows "
              + new EntryId(Frame.index(bytes, before), Frame.term(bytes, before)));
    }
  }

  int count() {
    return to - from;
  }

  int start() {
    return offsets[from];
  }

  int end() {
    return offsets[to];
  }

  int offset(long index) {
    return offsets[from + (int) (index - firstIndex)];
  }
}
