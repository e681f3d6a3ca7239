package io.bowline.raft.storage;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.NodeId;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The first 512 bytes of a log file (STORAGE F1).
 *
 * @param number of the segment, as in its name
 * @param alignment a block begins at a multiple of it; the first one at it
 * @param epoch drawn when the segment was made: tells its blocks from those of an earlier use
 * @param firstBlock the number of its first block; where numbers jump this says so (F3)
 * @param first the next index when it was begun
 * @param previous the last entry when it was begun
 */
record SegmentHeader(
    ClusterId cluster,
    GroupId group,
    NodeId node,
    Incarnation incarnation,
    long number,
    int alignment,
    long epoch,
    long firstBlock,
    long first,
    EntryId previous) {
  static final int BYTES = 512;
  static final int VERSION = 1;

  private static final long MAGIC = 0x31474f4c4c574f42L; // "BOWLLOG1"
  private static final int[] NUMBERS = {16, 48, 56, 64, 72};
  private static final int IDS = 80;
  private static final int CRC = BYTES - 4;

  /** Of the segment behind this one. */
  SegmentHeader successor(long newEpoch, long block, long index, EntryId last) {
    return new SegmentHeader(
        cluster, group, node, incarnation, number + 1, alignment, newEpoch, block, index, last);
  }

  ByteBuffer encode() {
    ByteBuffer out = Checksum.buffer(BYTES);
    out.putLong(MAGIC).putInt(VERSION).putInt(alignment).putLong(number).putLong(epoch);
    out.putLong(incarnation.high()).putLong(incarnation.low());
    out.putLong(firstBlock).putLong(first).putLong(previous.index()).putLong(previous.term());
    IdField.put(out, IDS, cluster.value());
    IdField.put(out, IDS + IdField.BYTES, group.value());
    IdField.put(out, IDS + 2 * IdField.BYTES, node.value());
    out.putInt(CRC, Checksum.of(out, 0, CRC, new CRC32C()));
    return out.position(0);
  }

  /** Reads the header at the buffer's begin; {@code null} if none is intact there. */
  static @Nullable SegmentHeader decode(ByteBuffer in) throws StorageException {
    if (in.limit() < BYTES
        || in.getLong(0) != MAGIC
        || in.getInt(CRC) != Checksum.of(in, 0, CRC, new CRC32C())) {
      return null;
    }
    if (in.getInt(8) != VERSION) {
      throw new StorageException(
          "format version " + in.getInt(8) + " needs a newer version than feature level 1");
    }
    for (int field : NUMBERS) {
      if (!Numbers.isSane(in.getLong(field))) {
        throw new StorageException(
            "its header says " + in.getLong(field) + " at byte " + field + ", which cannot be");
      }
    }
    return new SegmentHeader(
        ClusterId.of(IdField.get(in, IDS)),
        GroupId.of(IdField.get(in, IDS + IdField.BYTES)),
        NodeId.of(IdField.get(in, IDS + 2 * IdField.BYTES)),
        new Incarnation(in.getLong(32), in.getLong(40)),
        in.getLong(16),
        in.getInt(12),
        in.getLong(24),
        in.getLong(48),
        in.getLong(56),
        new EntryId(in.getLong(64), in.getLong(72)));
  }
}
