package io.bowline.raft.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file. Reads, and writes to other places of it, may run beside a write. */
public interface DiskFile extends Closeable {
  /** Its length in bytes. */
  long size() throws IOException;

  /** Fills the buffer from that position, or as far as the file goes; how many bytes it got. */
  int read(ByteBuffer target, long position) throws IOException;

  /**
   * A power of two, at most 4096: writes that begin and end at multiples of it, in the file and in
   * memory, are the cheap ones here. 1 if all are alike.
   */
  default int writeUnit() {
    return 1;
  }

  /**
   * By how many bytes the file can grow, where a large write beyond its end costs less than zeros
   * written ahead and then overwritten. Negative if only writing zeros finds out.
   */
  default long roomToGrow() throws IOException {
    return -1;
  }

  /** Writes all that remains in the buffer at that position, into the page cache at least. */
  void write(ByteBuffer source, long position) throws IOException;

  /**
   * Keeps other processes from claiming this file as long as it is open. Nothing where a disk has
   * one process only.
   *
   * @throws IOException if another process has claimed it
   */
  default void claim() throws IOException {}

  /** Makes all that was written durable (fdatasync) and blocks until it is. */
  void force() throws IOException;

  /**
   * The same without promising to block: the completion runs before this returns, or later on the
   * executor that called. What is written meanwhile is not covered.
   */
  void force(Completion done);
}
