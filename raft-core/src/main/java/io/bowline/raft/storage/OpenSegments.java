package io.bowline.raft.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Log files that are open to be read: those that were read last, few of them however long the log
 * is. Nobody meets a file that was closed meanwhile: it is closed when its last reader has left.
 * What a reader's thread may do to a channel (an interrupt closes it) never harms the log writer,
 * who has a channel of its own. Safe from any thread.
 */
final class OpenSegments {
  /** So many, and one for each thread beyond it that reads at the same time. */
  static final int MOST = 16;

  /** Each but the last costs whoever interrupts an interrupt. */
  private static final int ATTEMPTS = 100;

  private final Disk disk;
  private final Map<Path, Open> open = new LinkedHashMap<>(2 * MOST, 0.75f, true);
  private boolean closed;

  private static final class Open {
    private final Path path;
    private final DiskFile file;
    private int readers;
    private boolean left;

    Open(Path path, DiskFile file) {
      this.path = path;
      this.file = file;
    }
  }

  OpenSegments(Disk disk) {
    this.disk = disk;
  }

  /** Fills the buffer from that position of that file on, or as far as the file goes. */
  void read(Path path, ByteBuffer target, long position) throws IOException {
    int start = target.position();
    for (int attempt = 1; ; attempt++) {
      Open used = take(path);
      try {
        used.file.read(target, position);
        return;
      } catch (ClosedChannelException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        leave(used); // an interrupt in the middle of a read: another channel serves as well
        target.position(start);
      } finally {
        giveBack(used);
      }
    }
  }

  private synchronized Open take(Path path) throws IOException {
    if (closed) {
      throw new StorageException(path + ": the storage is closed");
    }
    Open found = open.get(path);
    if (found == null) {
      makePlace();
      found = new Open(path, disk.open(path));
      open.put(path, found);
    }
    found.readers++;
    return found;
  }

  private void makePlace() throws IOException {
    Iterator<Open> oldest = open.values().iterator();
    while (open.size() >= MOST && oldest.hasNext()) {
      Open next = oldest.next();
      if (next.readers == 0) {
        oldest.remove();
        next.file.close();
      }
    }
  }

  private synchronized void leave(Open gone) {
    gone.left = true;
    open.remove(gone.path, gone);
  }

  private synchronized void giveBack(Open used) throws IOException {
    used.readers--;
    if (used.readers == 0 && used.left) {
      used.file.close();
    }
  }

  /** Files that are being read now are closed by their readers. */
  synchronized void close() throws IOException {
    closed = true;
    for (Open each : open.values()) {
      each.left = true;
      if (each.readers == 0) {
        each.file.close();
      }
    }
    open.clear();
  }
}
