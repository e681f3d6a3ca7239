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
import java.util.zip.CRC32C;

/** Verifies the frames of one block and notes its outline on the way. */
final class FrameScan {
  private final Path path;
  private final Block block;
  private final CRC32C run;
  private final CRC32C crc;
  private final List<TermRun> runs = new ArrayList<>(1);
  private final List<Damage> spoilt = new ArrayList<>(0);
  private List<EntryBatch.MembershipAt> memberships = List.of();
  private List<ScannedBlock.Anchor> anchors = List.of();
  private long lastTime;

  FrameScan(Path path, Block block, CRC32C run, CRC32C crc) {
    this.path = path;
    this.block = block;
    this.run = run;
    this.crc = crc;
  }

  /** The frames stand at {@code from} of the array, and at {@code offset} of the file. */
  void read(byte[] bytes, int from, long offset) throws StorageException {
    run.reset();
    int at = from;
    int end = from + block.byteLength();
    long runTerm = block.previous().term();
    long runFirst = block.first();
    int lastAnchor = from;
    for (long index = block.first(); index <= block.last().index(); index++) {
      long term = headerAt(bytes, at, end, index, runTerm);
      if (term == 0) {
        spoil(index, block.last().index(), "no valid frame of " + index, offset + at - from);
        return;
      }
      run.update(bytes, at, Frame.HEADER_BYTES);
      requireKnown(bytes, at, offset + at - from);
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
      lastTime = Frame.time(bytes, at);
      at += Frame.HEADER_BYTES + Frame.payloadLength(bytes, at);
    }
    close(runTerm, runFirst, block.last().index());
    boolean termFits = block.count() == 0 || runTerm == block.last().term();
    if (at != end || !termFits || (int) run.getValue() != block.headersCrc()) {
      spoil(
          block.first(),
          block.last().index(),
          "the frame headers do not agree with the block's",
          block.offset());
    }
  }

  /** The term of the frame with that index, or 0 if none is whole there. */
  private long headerAt(byte[] bytes, int at, int end, long index, long atLeastTerm) {
    if (!Frame.headerIsValid(bytes, at, end, crc) || Frame.index(bytes, at) != index) {
      return 0;
    }
    long term = Frame.term(bytes, at);
    boolean fits =
        term >= atLeastTerm && Frame.payloadLength(bytes, at) <= end - at - Frame.HEADER_BYTES;
    return fits ? term : 0;
  }

  private void requireKnown(byte[] bytes, int at, long offset) throws StorageException {
    try {
      EntryType type = EntryType.of(Frame.typeCode(bytes, at));
      if (Frame.flags(bytes, at) != 0) {
        throw new IllegalArgumentException(
            "frame flags " + Frame.flags(bytes, at) + " need a newer version");
      }
      if (type == EntryType.MEMBERSHIP && Frame.payloadIsValid(bytes, at, bytes.length, crc)) {
        ByteBuffer payload =
            ByteBuffer.wrap(bytes, at + Frame.HEADER_BYTES, Frame.payloadLength(bytes, at));
        EntryId id = new EntryId(Frame.index(bytes, at), Frame.term(bytes, at));
        memberships = memberships.isEmpty() ? new ArrayList<>() : memberships;
        memberships.add(new EntryBatch.MembershipAt(id, Membership.decode(payload)));
      }
    } catch (IllegalArgumentException e) {
      throw new StorageException(path + ": the entry at byte " + offset + ": " + e.getMessage(), e);
    }
  }

  private void verifyPayload(byte[] bytes, int at, int end, long index, long term, long offset) {
    if (!Frame.payloadIsValid(bytes, at, end, crc)) {
      String why =
          String.format(
              java.util.Locale.ROOT,
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
        block, runs, memberships, lastTime, anchors, headersCrc, blocks, entries);
  }
}
