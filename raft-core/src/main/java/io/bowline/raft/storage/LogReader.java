package io.bowline.raft.storage;

import io.bowline.raft.model.CorruptFrameException;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Reads entries back, about as many bytes at once as were asked for. The frames are moved together
 * in the array that was read, so that what comes out is one run; every checksum is verified.
 */
final class LogReader {
  private final LogIndex index;
  private final OpenSegments files;

  LogReader(LogIndex index, OpenSegments files) {
    this.index = index;
    this.files = files;
  }

  EntryBatch read(long firstIndex, long maxBytes) throws StorageException {
    if (firstIndex < 1) {
      throw new IllegalArgumentException("entries begin at index 1, not at " + firstIndex);
    }
    LogIndex.Part[] parts = index.find(firstIndex, maxBytes);
    if (parts.length == 0) {
      return EntryBatch.EMPTY;
    }
    byte[] bytes = load(parts);
    int from = 0;
    int to = 0;
    CRC32C crc = new CRC32C();
    for (LogIndex.Part part : parts) {
      to = compact(part, bytes, from, to, crc);
      from += part.length();
    }
    try {
      return EntryBatch.decode(bytes, 0, to).cut(firstIndex, maxBytes);
    } catch (CorruptFrameException | IndexOutOfBoundsException e) {
      throw damaged(parts[0], "entries from " + firstIndex + ": " + e.getMessage());
    }
  }

  /** One read for each run of parts that follow one another in their file. */
  private byte[] load(LogIndex.Part[] parts) throws StorageException {
    long length = 0;
    for (LogIndex.Part part : parts) {
      length += part.length();
    }
    byte[] bytes = new byte[Math.toIntExact(length)];
    int at = 0;
    int i = 0;
    while (i < parts.length) {
      LogIndex.Part first = parts[i];
      long end = first.end();
      i++;
      while (i < parts.length
          && parts[i].segment() == first.segment()
          && parts[i].offset() == end) {
        end = parts[i++].end();
      }
      ByteBuffer target = ByteBuffer.wrap(bytes, at, (int) (end - first.offset()));
      at += target.remaining();
      try {
        files.read(first.segment().path(), target, first.offset());
      } catch (IOException e) {
        throw StorageException.of(first.segment().path() + " cannot be read", e);
      }
      if (target.hasRemaining()) {
        throw damaged(first, "the file ends " + target.remaining() + " bytes too early");
      }
    }
    return bytes;
  }

  /** Moves the frames of a part at {@code from} down to {@code to}; returns where they end. */
  private static int compact(LogIndex.Part part, byte[] bytes, int from, int to, CRC32C crc)
      throws StorageException {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long shift = part.offset() - from;
    int end = from + part.length();
    int at = from;
    int frames = part.left();
    int target = to;
    boolean cut = part.left() > 0; // in the middle of a block: its last index is not known
    while (at < end) {
      if (frames == 0) {
        Block block = Block.decode(in, at, at + shift, crc);
        if (block == null) {
          throw damaged(part, "no valid block header at byte " + (at + shift));
        }
        at += Block.HEADER_BYTES;
        frames = block.byteLength();
        cut = block.last().index() > part.last();
      }
      int length = Math.min(frames, end - at);
      int kept = cut ? upTo(part.last(), bytes, at, length) : length;
      System.arraycopy(bytes, at, bytes, target, kept);
      target += kept;
      if (kept < length) {
        break; // what stands behind was overwritten later
      }
      at += length;
      if (frames == length) {
        at = (int) (part.segment().align(at + shift) - shift);
      }
      frames = 0;
    }
    return target;
  }

  /** How many of these bytes are frames of indexes up to {@code last}. */
  private static int upTo(long last, byte[] bytes, int from, int length) {
    int at = from;
    int end = from + length;
    while (end - at >= Frame.HEADER_BYTES) {
      int payload = Frame.payloadLength(bytes, at);
      if (payload < 0 || payload > end - at - Frame.HEADER_BYTES) {
        break;
      }
      if (Frame.index(bytes, at) > last) {
        return at - from;
      }
      at += Frame.HEADER_BYTES + payload;
    }
    return length; // all of them, or a broken one: decoding says which
  }

  private static StorageException damaged(LogIndex.Part part, String what) {
    return new StorageException(part.segment().path() + ": at byte " + part.offset() + ": " + what);
  }
}
