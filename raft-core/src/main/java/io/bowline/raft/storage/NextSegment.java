package io.bowline.raft.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The file that becomes the next segment, prepared ahead under another name: zero-filled and forced
 * (STORAGE F4). It holds nothing yet, so an error in here is no failed write (D-e). The background
 * task and the log writer take turns; whoever comes first makes it.
 */
final class NextSegment {
  static final String LOG = ".log";
  static final String READY = ".ready";
  static final String TEMP = ".tmp";

  private final Disk disk;
  private final Path directory;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Ready ready;
  private long used;
  private boolean closed;

  /** A prepared file, open. */
  record Ready(Path path, long number, DiskFile file, ZeroAhead zeros) {}

  /** Of the segments behind that one. */
  NextSegment(Disk disk, Path directory, long used) {
    this.disk = disk;
    this.directory = directory;
    this.used = used;
  }

  /** The name of a segment, or of what becomes one: 20 digits and what it is. */
  static String name(long number, String kind) {
    return String.format(Locale.ROOT, "%020d%s", number, kind);
  }

  /**
   * The same in the background, which may come late: a file that the writer has made meanwhile, or
   * that nobody wants any more, is not made again.
   */
  void prepareAhead(long number, long zeroBytes) throws IOException {
    lock.lock();
    try {
      if (!closed && number > used) {
        prepare(number, zeroBytes);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Makes the file if it is not there yet. */
  Ready prepare(long number, long zeroBytes) throws IOException {
    lock.lock();
    try {
      Ready made = ready;
      if (made != null && made.number() == number) {
        return made;
      }
      if (closed) {
        throw new IOException("the storage is closed");
      }
      if (made != null) {
        ready = null;
        discard(made.path(), made.file());
      }
      made = make(directory.resolve(name(number, READY)), number, zeroBytes);
      ready = made;
      return made;
    } finally {
      lock.unlock();
    }
  }

  private Ready make(Path path, long number, long zeroBytes) throws IOException {
    WholeFile.deleteIfThere(disk, path);
    DiskFile file = disk.create(path);
    boolean done = false;
    try {
      ZeroAhead zeros = new ZeroAhead(file, 0, zeroBytes);
      zeros.reach(zeroBytes);
      file.force();
      done = true;
      return new Ready(path, number, file, zeros);
    } finally {
      if (!done) {
        discard(path, file);
      }
    }
  }

  private void discard(Path path, DiskFile file) throws IOException {
    file.close();
    disk.delete(path);
  }

  /** Whether one is there. */
  boolean isReady() {
    lock.lock();
    try {
      return ready != null;
    } finally {
      lock.unlock();
    }
  }

  /** It has become a segment: the next call of {@link #prepare} makes another. */
  void used(long number) {
    lock.lock();
    try {
      used = number;
      ready = null;
    } finally {
      lock.unlock();
    }
  }

  /** Removes what was prepared and not used. */
  void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      if (ready != null) {
        discard(ready.path(), ready.file());
        ready = null;
      }
    } finally {
      lock.unlock();
    }
  }
}
