package io.bowline.raft.storage;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where entries lie: an anchor for about each 64 KiB of file, so that finding one costs little and
 * knowing all costs half a thousandth of the log. Each anchor stands for the indexes from its own
 * first to the one before the next anchor's first. Safe beside one writer.
 */
final class LogIndex {
  /** A new anchor is set when so much file lies behind the last one. */
  static final int ANCHOR_BYTES = 64 << 10;

  private long[] first = new long[16];
  private Segment[] segment = new Segment[16];
  private long[] offset = new long[16];
  private long[] end = new long[16];
  private int[] left = new int[16];
  private int size;
  private long lastIndex;

  /**
   * A part of one file to be read.
   *
   * @param left bytes of frames before the next block header; 0 where a header stands first
   * @param last entries behind it were overwritten later and are none
   */
  record Part(Segment segment, long offset, long end, int left, long last) {
    int length() {
      return Math.toIntExact(end - offset);
    }
  }

  /** A block was written; {@code frames} walks over its frames if it is long. */
  synchronized void add(Segment in, Block block, @Nullable FrameWalk frames) {
    long blockEnd = in.align(block.end());
    if (block.count() == 0) {
      if (continues(in, block.offset())) {
        end[size - 1] = blockEnd;
      }
      return;
    }
    boolean overwrites = block.first() <= lastIndex;
    if (overwrites) {
      dropFrom(block.first());
    }
    if (overwrites || !continues(in, block.offset()) || isFull(block.offset())) {
      push(block.first(), in, block.offset(), 0);
    }
    if (frames != null && block.byteLength() > ANCHOR_BYTES) {
      int framesEnd = block.byteLength();
      long framesAt = block.offset() + Block.HEADER_BYTES;
      frames.walk(
          (index, at) -> {
            if (isFull(framesAt + at)) {
              end[size - 1] = framesAt + at;
              push(index, in, framesAt + at, framesEnd - at);
            }
          });
    }
    end[size - 1] = blockEnd;
    lastIndex = block.last().index();
  }

  private boolean continues(Segment in, long at) {
    return size > 0 && segment[size - 1] == in && end[size - 1] == at;
  }

  private boolean isFull(long at) {
    return at - offset[size - 1] >= ANCHOR_BYTES;
  }

  private void dropFrom(long index) {
    while (size > 0 && first[size - 1] >= index) {
      size--;
    }
    lastIndex = index - 1;
  }

  private void push(long index, Segment in, long at, int framesLeft) {
    if (size == first.length) {
      first = Arrays.copyOf(first, 2 * size);
      segment = Arrays.copyOf(segment, 2 * size);
      offset = Arrays.copyOf(offset, 2 * size);
      end = Arrays.copyOf(end, 2 * size);
      left = Arrays.copyOf(left, 2 * size);
    }
    first[size] = index;
    segment[size] = in;
    offset[size] = at;
    left[size++] = framesLeft;
  }

  /** The parts of files to read for about {@code bytes} of entries from that index on. */
  synchronized Part[] find(long index, long bytes) {
    if (size == 0 || index < first[0] || index > lastIndex) {
      return new Part[0];
    }
    int from = Arrays.binarySearch(first, 0, size, index);
    from = from < 0 ? -from - 2 : from;
    int to = from;
    long found = -ANCHOR_BYTES; // the first part may begin so much before the index
    while (to < size && found < bytes) {
      found += end[to] - offset[to];
      to++;
    }
    Part[] parts = new Part[to - from];
    for (int i = from; i < to; i++) {
      long last = i + 1 < size ? first[i + 1] - 1 : lastIndex;
      parts[i - from] = new Part(segment[i], offset[i], end[i], left[i], last);
    }
    return parts;
  }

  /** Walks over the frames of a block. */
  interface FrameWalk {
    void walk(FrameVisitor visitor);
  }

  /** Sees each frame's index and its offset behind the block's header. */
  interface FrameVisitor {
    void frame(long index, int at);
  }
}
