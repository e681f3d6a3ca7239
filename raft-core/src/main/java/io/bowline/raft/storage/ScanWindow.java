package io.bowline.raft.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A window onto a file that is read front to back, a large piece at a time. */
final class ScanWindow {
  private static final int BYTES = 1 << 20;

  private final DiskFile file;
  private final long size;
  private byte[] bytes;
  private ByteBuffer view;
  private long start;
  private int length;

  ScanWindow(DiskFile file) throws IOException {
    this.file = file;
    this.size = file.size();
    this.bytes = new byte[(int) Math.min(BYTES, size)];
    this.view = wrap(bytes);
  }

  private static ByteBuffer wrap(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The file's length. */
  long size() {
    return size;
  }

  /** Brings these bytes into the window, if the file has them all. */
  boolean load(long offset, long needed) throws IOException {
    if (offset + needed > size || needed > Integer.MAX_VALUE) {
      return false;
    }
    if (offset < start || offset + needed > start + length) {
      move(offset, (int) needed);
    }
    return offset + needed <= start + length;
  }

  /** What is in the window already is not read again: a scan goes front to back. */
  private void move(long offset, int needed) throws IOException {
    int kept = offset >= start && offset < start + length ? (int) (start + length - offset) : 0;
    byte[] before = bytes;
    int from = at(offset);
    if (needed > view.capacity()) {
      bytes = new byte[needed]; // never more than the file has
      view = wrap(bytes);
    }
    System.arraycopy(before, kept == 0 ? 0 : from, bytes, 0, kept);
    start = offset;
    length = kept;
    view.clear().limit((int) Math.min(view.capacity(), size - offset)).position(kept);
    length += file.read(view, offset + kept);
    view.limit(length);
  }

  /** The window's bytes; see {@link #at}. */
  ByteBuffer view() {
    return view;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Where a loaded offset lies in the window. */
  int at(long offset) {
    return (int) (offset - start);
  }

  /** The end of what is not zero in the file from that offset on; the offset itself if all is. */
  long endOfContent(long offset) throws IOException {
    long end = offset;
    long at = offset;
    while (at < size && load(at, 1)) {
      int last = lastContent(at(at), length);
      end = last < 0 ? end : start + last + 1;
      at = start + length;
    }
    return end;
  }

  /** Where the last byte that is not zero stands in that part of the window; -1 if none does. */
  private int lastContent(int from, int to) {
    int at = to;
    while (at - Long.BYTES >= from && view.getLong(at - Long.BYTES) == 0) {
      at -= Long.BYTES;
    }
    while (at > from && view.get(at - 1) == 0) {
      at--;
    }
    return at > from ? at - 1 : -1;
  }
}
