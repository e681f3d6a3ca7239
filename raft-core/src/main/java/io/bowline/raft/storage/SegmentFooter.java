package io.bowline.raft.storage;

import io.bowline.raft.model.EntryId;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a sealed segment ends in, durable before its successor gets its name (STORAGE F4).
 *
 * @param offset where it stands in its file
 * @param lastBlock the number of the segment's last block; blocks above it that stand before the
 *     footer were copied into the next segment (D-h) and are void; one less than the segment's
 *     first block number if it has none
 * @param last the last entry of the log when it was sealed
 * @param blocks how many blocks
 * @param entries how many entries they hold
 * @param headersCrc CRC32C of the run of their headers
 */
record SegmentFooter(
    long epoch,
    long offset,
    long segment,
    long lastBlock,
    EntryId last,
    long blocks,
    long entries,
    int headersCrc) {
  static final int BYTES = 512;

  private static final int MAGIC = 0x4c414553; // "SEAL"
  private static final int CRC = 124;

  void encode(ByteBuffer out) {
    int start = out.position();
    out.putInt(MAGIC).putInt(0).putLong(epoch).putLong(offset).putLong(segment);
    out.putLong(lastBlock).putLong(last.index()).putLong(last.term());
    out.putLong(blocks).putLong(entries).putInt(headersCrc);
    while (out.position() < start + CRC) {
      out.putInt(0);
    }
    out.putInt(Checksum.of(out, start, CRC, new CRC32C()));
    while (out.position() < start + BYTES) {
      out.putLong(0);
    }
  }

  /** The footer at {@code at} if one is intact and knows its offset; {@code null} otherwise. */
  static @Nullable SegmentFooter decode(ByteBuffer in, int at, long offset, CRC32C crc) {
    if (in.limit() - at < CRC + 4
        || in.getInt(at) != MAGIC
        || in.getInt(at + CRC) != Checksum.of(in, at, CRC, crc)
        || in.getLong(at + 16) != offset) {
      return null;
    }
    for (int field = 24; field <= 64; field += Long.BYTES) {
      if (!Numbers.isSane(in.getLong(at + field))) {
        return null;
      }
    }
    return new SegmentFooter(
        in.getLong(at + 8),
        offset,
        in.getLong(at + 24),
        in.getLong(at + 32),
        new EntryId(in.getLong(at + 40), in.getLong(at + 48)),
        in.getLong(at + 56),
        in.getLong(at + 64),
        in.getInt(at + 72));
  }
}
