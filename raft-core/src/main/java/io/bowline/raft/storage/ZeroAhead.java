package io.bowline.raft.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Zeros written into a log file ahead of its blocks (STORAGE F4), so that a force finds blocks that
 * the file system has already placed: an append then costs half. The writer writes below {@link
 * #reached} only, the background task above it only; neither forces here: only the log writer takes
 * an error of the open file (D-e).
 */
final class ZeroAhead {
  /** The first step; each is twice the one before. */
  static final long FIRST_STEP = 64 << 10;

  /** The next force takes a step along: a long one would make that force a slow one. */
  private static final long LAST_STEP = 256 << 10;

  /** Left to others when a large write asks for room: what they write is not foreseen. */
  private static final long SPARE_ROOM = 16 << 20;

  private static final int CHUNK = 64 << 10;
  private static final ByteBuffer ZEROS = Aligned.direct(CHUNK).asReadOnlyBuffer();

  private final DiskFile file;
  private final long unit;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile long reached;
  private volatile boolean closed;
  private volatile long step;

  /** Where {@link #reached} was put without zeros, until they are used; the writer's. */
  private long granted;

  /** Of a file that holds nothing but zeros up to {@code reached}. */
  ZeroAhead(DiskFile file, long reached, long step) {
    this.file = file;
    this.unit = file.writeUnit();
    this.reached = reached;
    this.step = step;
  }

  /** Below this the file has been written. */
  long reached() {
    return reached;
  }

  /** The length of the newest step. */
  long step() {
    return step;
  }

  /** Whether the background should write more zeros, the next block being written at that place. */
  boolean isShort(long position) {
    return reached - position < step / 2;
  }

  /** Takes the next, longer step, but not beyond {@code limit}. */
  void takeStep(long limit) throws IOException {
    long next = Math.min(2 * step, LAST_STEP);
    reach(Math.min(reached + next, Math.max(limit, reached)));
    step = next;
  }

  /**
   * Makes sure of room for a large write that ends there: by the file system's word if a write
   * beyond the file's end is as good there, else by zeros.
   */
  void reachForLarge(long end) throws IOException {
    long room = reached < end ? file.roomToGrow() : -1;
    if (room < 0) {
      reach(end);
      return;
    }
    lock.lock(); // the background goes on above it
    try {
      long lacking = wholeUnits(end) - reached;
      if (lacking > 0 && room < lacking + SPARE_ROOM) {
        throw new IOException(
            "No space left for " + lacking + " bytes and a reserve: " + room + " bytes are free");
      }
      granted = Math.max(reached, wholeUnits(end));
      reached = granted;
    } finally {
      lock.unlock();
    }
  }

  /** The large write has been done and ended there: what it did not fill has no zeros yet. */
  void used(long end) {
    if (granted == 0) {
      return;
    }
    lock.lock();
    try {
      if (reached == granted) {
        reached = end;
      }
      granted = 0;
    } finally {
      lock.unlock();
    }
  }

  private long wholeUnits(long end) {
    return end + unit - 1 & -unit;
  }

  /** Writes zeros up to {@code least}; an error is no failed write of an entry (D-e). */
  void reach(long least) throws IOException {
    long end = wholeUnits(least);
    while (reached < end && !closed) {
      lock.lock(); // by chunk: whoever waits here waits for one write
      try {
        long from = reached;
        if (from < end && !closed) {
          long length = Math.min(CHUNK - from % CHUNK, end - from);
          file.write(ZEROS.slice(0, (int) length), from);
          reached = from + length;
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** Nothing is written any more. */
  void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }
}
