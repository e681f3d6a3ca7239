package io.bowline.raft.storage;

import io.bowline.raft.model.Problems;

/**
 * How a segmented log lies on its disk.
 *
 * @param segmentBytes a segment that has reached this is sealed, 64 KiB to 1 GiB; one group commit
 *     that is longer makes a longer segment
 * @param blockAlignment each group commit begins at a multiple of it: 512 or 4096 bytes. 4096 keeps
 *     a torn write from harming the block before it on disks that write no less at once
 */
public record StorageOptions(long segmentBytes, int blockAlignment) {
  private static final long MIN_SEGMENT = 64 << 10;
  private static final long MAX_SEGMENT = 1 << 30;

  /** Refuses what is out of range, all of it at once. */
  public StorageOptions {
    Problems problems = new Problems("StorageOptions");
    problems.within("segmentBytes", segmentBytes, MIN_SEGMENT, MAX_SEGMENT);
    problems.unless(
        isAlignment(blockAlignment), "blockAlignment=%d is neither 512 nor 4096", blockAlignment);
    problems.throwIfAny();
  }

  static boolean isAlignment(int bytes) {
    return bytes == 512 || bytes == 4096;
  }

  /** Segments of 64 MiB, blocks aligned to 512 bytes. */
  public static StorageOptions defaults() {
    return new StorageOptions(64 << 20, 512);
  }

  /** With other segments. */
  public StorageOptions withSegmentBytes(long bytes) {
    return new StorageOptions(bytes, blockAlignment);
  }

  /** With another alignment. */
  public StorageOptions withBlockAlignment(int bytes) {
    return new StorageOptions(segmentBytes, bytes);
  }
}
