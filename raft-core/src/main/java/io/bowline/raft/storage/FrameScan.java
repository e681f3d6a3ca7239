package io.bowline.raft.storage;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Frame;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.TermRun;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * Verifies the frames of one block and notes its outline on the way. The checksum over all frame
 * headers vouches for each of them; only if it does not agree is every header verified by its own,
 * to say which is spoilt.
 */
final class FrameScan {
  private final Path path;
  private final Block block;
  private final HeaderRun run;
  private final CRC32C crc;
  private final List<TermRun> runs = new ArrayList<>(1);
  private final List<Damage> spoilt = new ArrayList<>(0);
  private List<EntryBatch.MembershipAt> memberships = List.of();
  private List<ScannedBlock.Anchor> anchors = List.of();
  private long firstTime;
  private long lastTime;

  FrameScan(Path path, Block block, HeaderRun run, CRC32C crc) {
    this.path = path;
    this.block = block;
    this.run = run;
    this.crc = crc;
  }

  /** The frames stand at {@code from} of the array, and at {@code offset} of the file. */
  void read(byte[] bytes, int from, long offset) throws StorageException {
    boolean headersAgree = walksThrough(bytes, from);
    int at = from;
    int end = from + block.byteLength();
    int lastAnchor = from;
    long runTerm = block.previous().term();
    long runFirst = block.first();
    for (long index = block.first(); index <= block.last().index(); index++) {
      if (!headersAgree && !isWhole(bytes, at, end, index, runTerm)) {
        spoil(index, block.last().index(), "no valid frame of " + index, offset + at - from);
        return;
      }
      requireKnown(bytes, at, end, offset + at - from);
      long term = Frame.term(bytes, at);
      if (term != runTerm) {
        close(runTerm, runFirst, index - 1);
        runTerm = term;
        runFirst = index;
      }
      verifyPayload(bytes, at, end, index, term, offset + at - from);
      if (at - lastAnchor >= ScannedBlock.ANCHOR_STEP) {
        lastAnchor = at;
        anchors = anchors.isEmpty() ? new ArrayList<>() : anchors;
        anchors.add(new ScannedBlock.Anchor(index, at - from));
      }
      long time = Frame.time(bytes, at);
      if (time < lastTime || time > Numbers.MOST) {
        String what = "the time of " + index + " is " + time + " behind " + lastTime;
        spoil(index, block.last().index(), what, offset + at - from);
        return;
      }
      firstTime = index == block.first() ? time : firstTime;
      lastTime = time;
      at += Frame.HEADER_BYTES + Frame.payloadLength(bytes, at);
    }
    close(runTerm, runFirst, block.last().index());
    if (!headersAgree && spoilt.isEmpty()) {
      spoil(
          block.first(),
          block.last().index(),
          "the frame headers do not agree with the block's",
          block.offset());
    }
  }

  /** Whether the frames fill the block, in order, and their headers agree with its checksum. */
  private boolean walksThrough(byte[] bytes, int from) {
    run.reset();
    int at = from;
    int end = from + block.byteLength();
    long term = block.previous().term();
    for (long index = block.first(); index <= block.last().index(); index++) {
      if (!fits(bytes, at, end, index, term)) {
        return false;
      }
      term = Frame.term(bytes, at);
      run.add(bytes, at);
      at += Frame.HEADER_BYTES + Frame.payloadLength(bytes, at);
    }
    boolean lastFits = block.count() == 0 || term == block.last().term();
    return at == end && lastFits && run.value() == block.headersCrc();
  }

  private static boolean fits(byte[] bytes, int at, int end, long index, long atLeastTerm) {
    int room = end - at - Frame.HEADER_BYTES;
    return room >= 0
        && Frame.payloadLength(bytes, at) >= 0
        && Frame.payloadLength(bytes, at) <= room
        && Frame.index(bytes, at) == index
        && Frame.term(bytes, at) >= atLeastTerm;
  }

  private boolean isWhole(byte[] bytes, int at, int end, long index, long atLeastTerm) {
    return Frame.headerIsValid(bytes, at, end, crc) && fits(bytes, at, end, index, atLeastTerm);
  }

  private void requireKnown(byte[] bytes, int at, int end, long offset) throws StorageException {
    try {
      EntryType type = EntryType.of(Frame.typeCode(bytes, at));
      if (Frame.flags(bytes, at) != 0) {
        throw new IllegalArgumentException(
            "frame flags " + Frame.flags(bytes, at) + " need a newer version");
      }
      if (type == EntryType.MEMBERSHIP && Frame.payloadIsValid(bytes, at, end, crc)) {
        ByteBuffer payload =
            ByteBuffer.wrap(bytes, at + Frame.HEADER_BYTES, Frame.payloadLength(bytes, at));
        EntryId id = new EntryId(Frame.index(bytes, at), Frame.term(bytes, at));
        memberships = memberships.isEmpty() ? new ArrayList<>() : memberships;
        memberships.add(new EntryBatch.MembershipAt(id, Membership.decode(payload)));
      }
    } catch (RuntimeException e) {
      throw new StorageException(path + ": the entry at byte " + offset + ": " + e.getMessage(), e);
    }
  }

  private void verifyPayload(byte[] bytes, int at, int end, long index, long term, long offset) {
    if (!Frame.payloadIsValid(bytes, at, end, crc)) {
      String why =
          String.format(
              Locale.ROOT,
              "the payload of %s gives CRC32C 0x%08x, its header says 0x%08x",
              new EntryId(index, term),
              (int) crc.getValue(),
              Frame.payloadCrc(bytes, at));
      spoil(index, index, why, offset);
    }
  }

  private void spoil(long first, long last, String what, long offset) {
    spoilt.add(
        new Damage.SpoiltEntries(path, block.number(), first, last, what + " at byte " + offset));
  }

  private void close(long term, long first, long last) {
    if (last >= first) {
      runs.add(new TermRun(term, first, last));
    }
  }

  /** What is wrong with them. */
  List<Damage> spoilt() {
    return spoilt;
  }

  /** The block, if nothing is. */
  ScannedBlock block(int headersCrc, long blocks, long entries) {
    return new ScannedBlock(
        block, runs, memberships, firstTime, lastTime, anchors, headersCrc, blocks, entries);
  }
}
