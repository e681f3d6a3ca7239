package io.bowline.raft.storage;

import io.bowline.raft.model.EntryId;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The header of one group commit (STORAGE F2); {@code byteLength} bytes of frames stand behind it.
 * What only this node knows stands here and never in a frame.
 *
 * @param epoch of the segment that it was written to
 * @param offset where it stands in its file
 * @param number grows by one over all segments of a directory (F3)
 * @param durableBlock the highest number whose force, and that of all before it, had returned
 * @param firstOfBlockBefore first index of the block before this one (D-g)
 * @param previous what stands before its first entry
 * @param first index of its first entry; of a sync block the next index
 * @param last its last entry; of a sync block the log's
 * @param count how many entries
 * @param byteLength of its frames
 * @param commit the commit index, never above what was durable (O5)
 * @param headersCrc CRC32C of the run of its frame headers
 */
record Block(
    Kind kind,
    long epoch,
    long offset,
    long number,
    long durableBlock,
    long firstOfBlockBefore,
    EntryId previous,
    long first,
    EntryId last,
    int count,
    int byteLength,
    long commit,
    int headersCrc) {
  static final int HEADER_BYTES = 128;

  /** One frame more than this may still join a block; a longer group is cut into several. */
  static final int MAX_JOINED_BYTES = 8 << 20;

  private static final int MAGIC = 0x4b4c4242; // "BBLK"
  private static final int CRC = HEADER_BYTES - 4;

  /** What a block does to the log. */
  enum Kind {
    /** Follows the last entry. */
    APPEND(1),
    /** Drops what stood at its first index and behind (F6). */
    OVERWRITE(2),
    /** Puts entries back where they were lost; drops nothing (P1). */
    FILL(3),
    /** Holds no entries, only evidence of what was durable (D-c). */
    SYNC(4);

    private final byte code;

    Kind(int code) {
      this.code = (byte) code;
    }

    static @Nullable Kind of(byte code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      return null;
    }
  }

  /** Where the frames end. */
  long end() {
    return offset + HEADER_BYTES + byteLength;
  }

  /** Puts the header at the buffer's position. */
  void encode(ByteBuffer out) {
    int start = out.position();
    out.putInt(MAGIC).put(kind.code).put((byte) 0).putShort((short) 0);
    out.putLong(epoch).putLong(offset).putLong(number).putLong(durableBlock);
    out.putLong(firstOfBlockBefore).putLong(previous.index()).putLong(previous.term());
    out.putLong(first).putLong(last.index()).putLong(last.term());
    out.putInt(count).putInt(byteLength).putLong(commit).putInt(headersCrc);
    while (out.position() < start + CRC) {
      out.putInt(0);
    }
    out.putInt(Checksum.of(out, start, CRC, new CRC32C()));
  }

  /**
   * Whether the bytes at {@code at} may be a block's header: a cheap test before {@link #decode}.
   */
  static boolean hasMagic(ByteBuffer in, int at) {
    return in.getInt(at) == MAGIC;
  }

  /**
   * The header at {@code at}, if it is intact, knows that it stands at {@code offset} of its file
   * and holds lengths that may be believed; the caller compares epoch and number. {@code null}
   * otherwise.
   */
  static @Nullable Block decode(ByteBuffer in, int at, long offset, CRC32C crc)
      throws StorageException {
    if (in.limit() - at < HEADER_BYTES
        || !hasMagic(in, at)
        || in.getInt(at + CRC) != Checksum.of(in, at, CRC, crc)
        || in.getLong(at + 16) != offset) {
      return null;
    }
    Kind kind = Kind.of(in.get(at + 4));
    if (kind == null || in.get(at + 5) != 0) {
      throw new StorageException(
          "the block at byte "
              + offset
              + " is of kind "
              + in.get(at + 4)
              + " with flags "
              + in.get(at + 5)
              + ": it needs a newer version than feature level 1");
    }
    Block block =
        new Block(
            kind,
            in.getLong(at + 8),
            offset,
            in.getLong(at + 24),
            in.getLong(at + 32),
            in.getLong(at + 40),
            new EntryId(in.getLong(at + 48), in.getLong(at + 56)),
            in.getLong(at + 64),
            new EntryId(in.getLong(at + 72), in.getLong(at + 80)),
            in.getInt(at + 88),
            in.getInt(at + 92),
            in.getLong(at + 96),
            in.getInt(at + 104));
    return block.isConsistent() ? block : null;
  }

  private boolean isConsistent() {
    boolean sync = kind == Kind.SYNC;
    return hasSaneNumbers()
        && byteLength >= 0
        && count >= 0
        && sync == (count == 0)
        && sync == (byteLength == 0)
        && durableBlock < number
        && previous.index() == first - 1
        && (sync ? last.equals(previous) : last.index() - first + 1 == count);
  }

  private boolean hasSaneNumbers() {
    return Numbers.isSane(number)
        && Numbers.isSane(durableBlock)
        && Numbers.isSane(firstOfBlockBefore)
        && Numbers.isSane(previous.index())
        && Numbers.isSane(previous.term())
        && Numbers.isSane(first)
        && Numbers.isSane(last.index())
        && Numbers.isSane(last.term())
        && Numbers.isSane(commit);
  }
}
