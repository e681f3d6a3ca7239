package io.bowline.raft.storage;

import io.bowline.raft.model.CorruptFrameException;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Makes a log that was read back durable before its first use, and opens it for appends (STORAGE
 * D-h): seals what an earlier process wrote, front to back, copies what nothing proves durable, and
 * starts a segment with a new epoch. Each step is idempotent: a crash at any write leads to a
 * recovery with the same result.
 */
final class LogReopening {
  private final Disk disk;
  private final Path directory;
  private final Identity identity;
  private final int alignment;
  private final RandomGenerator random;

  LogReopening(
      Disk disk, Path directory, Identity identity, int alignment, RandomGenerator random) {
    this.disk = disk;
    this.directory = directory;
    this.identity = identity;
    this.alignment = alignment;
    this.random = random;
  }

  /** The log of a new directory. */
  RecoveredLog begin() throws IOException {
    SegmentHeader header = header(1, 1, EntryId.ZERO);
    Path path = directory.resolve(NextSegment.name(1, NextSegment.LOG));
    return publish(header, path, new LogReplay(new OpenSegments(disk)), 0);
  }

  /** The log that was read. */
  RecoveredLog reopen(LogRecovery found) throws IOException {
    removeHalfMade();
    Segment sealed = found.tailToSeal();
    LogReplay replay = found.replay();
    long number = found.tailNumber();
    if (sealed != null) {
      seal(sealed, found.tailEnd(), replay);
      number++;
    } // else nothing in the last file is proven, not even its header: it is replaced as a whole
    SegmentHeader header = header(number, found.highestNumber() + 1, replay.outline().last());
    Path path = directory.resolve(NextSegment.name(number, NextSegment.LOG));
    return publish(header, path, replay, found.highestNumber());
  }

  private SegmentHeader header(long number, long firstBlock, EntryId last) {
    return new SegmentHeader(
        identity.cluster(),
        identity.group(),
        identity.node(),
        identity.incarnation(),
        number,
        alignment,
        random.nextLong(),
        firstBlock,
        last.index() + 1,
        last);
  }

  /** Files that were prepared, or not finished, by an earlier process. */
  private void removeHalfMade() throws IOException {
    boolean removed = false;
    for (String name : disk.list(directory)) {
      if (name.endsWith(NextSegment.READY) || name.endsWith(NextSegment.TEMP)) {
        disk.delete(directory.resolve(name));
        removed = true;
      }
    }
    if (removed) {
      disk.syncDirectory(directory);
    }
  }

  /**
   * Writes the footer behind the last intact block, proven or not: what is not proven must stay
   * readable until its copy is durable. A footer that is there already may be in the page cache
   * only, so it is written again.
   */
  private void seal(Segment segment, long end, LogReplay replay) throws IOException {
    ScannedBlock last = replay.applied();
    if (last == null) {
      throw new AssertionError("a segment without a block is not sealed");
    }
    SegmentFooter footer =
        new SegmentFooter(
            segment.header().epoch(),
            end,
            segment.header().number(),
            last.number(),
            replay.outline().last(),
            last.blocks(),
            last.entries(),
            last.headersCrc());
    ByteBuffer bytes = Checksum.buffer(SegmentFooter.BYTES);
    footer.encode(bytes);
    try (DiskFile file = disk.open(segment.path())) {
      file.write(bytes.flip(), end);
      file.force();
    }
  }

  /** F7: a temp file, its force, its name, the directory's force. */
  private RecoveredLog publish(
      SegmentHeader header, Path path, LogReplay replay, long highestNumber) throws IOException {
    Path temp = directory.resolve(NextSegment.name(header.number(), NextSegment.TEMP));
    Segment segment = new Segment(path, header);
    DiskFile file = disk.create(temp);
    boolean published = false;
    try {
      BlockWriter writer = write(segment, file, replay, highestNumber);
      file.force();
      WholeFile.publish(disk, temp, path);
      writer.durableIfWritten();
      published = true;
      return new RecoveredLog(replay.outline(), replay.index(), writer);
    } finally {
      if (!published) {
        file.close();
      }
    }
  }

  /** The header, and copies of the blocks that nothing proves durable, under new numbers (F3). */
  private BlockWriter write(Segment segment, DiskFile file, LogReplay replay, long highestNumber)
      throws IOException {
    ZeroAhead zeros = new ZeroAhead(file, 0, ZeroAhead.FIRST_STEP);
    zeros.reach(ZeroAhead.FIRST_STEP);
    ScannedBlock last = replay.applied();
    BlockWriter writer =
        new BlockWriter(
            segment,
            file,
            zeros,
            replay.outline(),
            replay.index(),
            replay.appliedNumber(),
            last == null ? 1 : last.block().first(),
            highestNumber,
            last == null ? 0 : last.block().commit());
    writer.writeHeader();
    if (!replay.pending().isEmpty()) { // all of them stand in the last file
      try (DiskFile from = disk.open(replay.pending().getFirst().segment().path())) {
        for (LogReplay.Found found : replay.pending()) {
          copy(found, from, writer);
        }
      }
    }
    return writer;
  }

  private static void copy(LogReplay.Found found, DiskFile from, BlockWriter writer)
      throws IOException {
    if (found.block().block().count() > 0) {
      List<EntryBatch> copy = List.of(load(found, from));
      writer.zeros().reach(writer.position() + writer.room(copy) + SegmentFooter.BYTES);
      writer.write(copy);
    }
  }

  private static EntryBatch load(LogReplay.Found found, DiskFile from) throws IOException {
    Block block = found.block().block();
    ByteBuffer bytes = ByteBuffer.allocate(block.byteLength()).order(ByteOrder.LITTLE_ENDIAN);
    from.read(bytes, block.offset() + Block.HEADER_BYTES);
    try {
      return EntryBatch.decode(bytes.array(), 0, bytes.position());
    } catch (CorruptFrameException e) {
      throw new StorageException(
          found.segment().path() + ": block " + block.number() + " changed: " + e.getMessage(), e);
    }
  }
}
