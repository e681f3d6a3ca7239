package io.bowline.raft.storage;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory that a disk may take as it lies. */
final class Aligned {
  /** The largest {@link DiskFile#writeUnit}. */
  private static final int UNIT = 4096;

  private Aligned() {}

  /** A zeroed little-endian buffer outside the heap that begins at a multiple of every unit. */
  static ByteBuffer direct(int bytes) {
    int whole = bytes + UNIT - 1 & -UNIT; // a slice ends at a multiple too
    return ByteBuffer.allocateDirect(whole + UNIT)
        .alignedSlice(UNIT)
        .slice(0, bytes)
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
