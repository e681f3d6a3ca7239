package io.bowline.raft;

import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.DiskFile;
import io.bowline.raft.storage.FileDisk;
import io.bowline.raft.storage.ForwardingDisk;
import io.bowline.raft.storage.ForwardingDiskFile;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** A disk that a test makes full, or whose forces it makes wait or fail. */
final class BreakableDisk extends ForwardingDisk {
  /** What is wrong with it. */
  enum Fault {
    NONE,
    FULL,
    STALLS,
    FAILS
  }

  private static final long POLL_NANOS = 1_000_000;

  volatile Fault fault = Fault.NONE;

  BreakableDisk() {
    super(new FileDisk());
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    if (fault == Fault.FULL) {
      throw new FileSystemException(file.toString(), null, "No space left on device");
    }
    return super.create(file);
  }

  @Override
  protected DiskFile wrap(DiskFile file) {
    return new ForwardingDiskFile(file) {
      @Override
      public void force(Completion done) {
        while (fault == Fault.STALLS) {
          LockSupport.parkNanos(POLL_NANOS);
        }
        if (fault == Fault.FAILS) {
          done.completed(new IOException("Input/output error"));
        } else {
          super.force(done);
        }
      }
    };
  }
}
