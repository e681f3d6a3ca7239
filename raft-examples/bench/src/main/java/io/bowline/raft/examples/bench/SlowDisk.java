package io.bowline.raft.examples.bench;

import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.DiskFile;
import io.bowline.raft.storage.ForwardingDisk;
import io.bowline.raft.storage.ForwardingDiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/** A disk on which what was written becomes durable at so many bytes a second. */
final class SlowDisk extends ForwardingDisk {
  private final long bytesPerSecond;

  SlowDisk(Disk disk, long bytesPerSecond) {
    super(disk);
    this.bytesPerSecond = bytesPerSecond;
  }

  @Override
  protected DiskFile wrap(DiskFile file) {
    return new SlowFile(file);
  }

  private final class SlowFile extends ForwardingDiskFile {
    private long unforced;

    SlowFile(DiskFile file) {
      super(file);
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      unforced += isZeros(bytes) ? 0 : bytes.remaining(); // laid ahead of the log, for nobody yet
      super.write(bytes, position);
    }

    @Override
    public void force() throws IOException {
      await();
      super.force();
    }

    @Override
    public void force(Completion done) {
      await();
      super.force(done);
    }

    private static boolean isZeros(ByteBuffer bytes) {
      for (int at = bytes.position(); at + Long.BYTES <= bytes.limit(); at += Long.BYTES) {
        if (bytes.getLong(at) != 0) {
          return false;
        }
      }
      return true;
    }

    private void await() {
      long end = System.nanoTime() + (long) (1e9 * unforced / bytesPerSecond);
      unforced = 0;
      for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }
  }
}
