package io.bowline.raft.storage;

import java.io.Closeable;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Files that are read once, one after the other, each front to back in large pieces: while the
 * caller looks at one piece the next ones come from the disk, beyond the end of the file into the
 * next one. The disk never waits for the caller as long as the caller is the faster of the two. For
 * one thread.
 */
final class ScanAhead implements Closeable {
  /**
   * Of a file's pieces but the last, a multiple of every unit of a {@link DirectChannel}. The
   * kernel asks a device for 4 MiB at a time at most.
   */
  static final int PIECE_BYTES = 8 << 20;

  /** One that the caller looks at, one that the disk fills, and one for it to go on with. */
  private static final int PIECES = 3;

  private static final Memory MEMORY = new Memory();

  private final boolean mayPassCache;
  private final List<Path> files;
  private final ExecutorService reader = Executors.newSingleThreadExecutor(ScanAhead::thread);
  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
  private final ByteBuffer block = MEMORY.take();
  private final ArrayDeque<AheadFile> opened = new ArrayDeque<>();
  private final ArrayDeque<AheadPiece> ahead = new ArrayDeque<>();
  private int openedFiles;
  private @Nullable AheadFile current;
  private @Nullable AheadPiece seen;
  private @Nullable AheadFile planned;
  private long plannedTo;

  /**
   * For all pieces, in one block: where the kernel has large pages for it, a disk may be several
   * times as fast. One scan of this process uses it after the other.
   */
  private static final class Memory {
    private @Nullable SoftReference<ByteBuffer> spare;

    synchronized ByteBuffer take() {
      ByteBuffer found = spare == null ? null : spare.get();
      spare = null;
      return found != null ? found : Aligned.direct(PIECES * PIECE_BYTES);
    }

    synchronized void giveBack(ByteBuffer block) {
      spare = new SoftReference<>(block);
    }
  }

  ScanAhead(List<Path> files, boolean mayPassCache) {
    this.files = List.copyOf(files);
    this.mayPassCache = mayPassCache;
    for (int i = 0; i < PIECES; i++) {
      free.add(block.slice(i * PIECE_BYTES, PIECE_BYTES));
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "bowline-read-ahead");
    thread.setDaemon(true);
    return thread;
  }

  /** The next of the files; the one before is closed. */
  AheadFile next() throws IOException {
    leave();
    if (opened.isEmpty()) {
      openNext();
    }
    AheadFile next = opened.remove();
    current = next;
    readOn();
    return next;
  }

  /** The current file's next piece, in place of the one that was seen; there must be one. */
  AheadPiece turn() {
    release();
    readOn();
    AheadPiece next = ahead.remove();
    seen = next;
    return next;
  }

  private void release() {
    AheadPiece last = seen;
    if (last != null) {
      seen = null;
      free.add(last.abandon());
    }
  }

  /** Hands the disk what memory there is. */
  private void readOn() {
    while (!free.isEmpty()) {
      AheadFile file = planned;
      if (file != null && plannedTo < file.size()) {
        ahead.add(new AheadPiece(file, plannedTo, free.remove(), reader));
        plannedTo += PIECE_BYTES;
      } else if (openedFiles == files.size() || opened.size() > PIECES || !opensNext()) {
        return;
      }
    }
  }

  /** If it fails, who comes to that file is told: {@link #next} tries again. */
  private boolean opensNext() {
    try {
      openNext();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void openNext() throws IOException {
    AheadFile file = AheadFile.open(this, files.get(openedFiles), mayPassCache);
    openedFiles++; // not if it failed: a file is never skipped
    opened.add(file);
    planned = file;
    plannedTo = 0;
  }

  /** What was read of the current file and not asked for is of no interest, as are its failures. */
  private void leave() throws IOException {
    AheadFile left = current;
    if (left == null) {
      return;
    }
    current = null;
    release();
    while (!ahead.isEmpty() && ahead.element().file() == left) {
      free.add(ahead.remove().abandon());
    }
    if (planned == left) {
      planned = null;
    }
    left.close();
  }

  @Override
  public void close() throws IOException {
    try {
      leave();
      while (!opened.isEmpty()) {
        current = opened.remove();
        leave();
      }
      MEMORY.giveBack(block);
    } finally {
      reader.shutdown();
    }
  }
}
