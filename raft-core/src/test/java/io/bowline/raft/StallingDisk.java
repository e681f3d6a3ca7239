package io.bowline.raft;

import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.DiskFile;
import io.bowline.raft.storage.FileDisk;
import io.bowline.raft.storage.ForwardingDisk;
import io.bowline.raft.storage.ForwardingDiskFile;
import java.util.function.BooleanSupplier;

/** A disk whose forces wait for something as long as they are told to. */
final class StallingDisk extends ForwardingDisk {
  private final BooleanSupplier stalls;
  private final Runnable waiting;

  StallingDisk(BooleanSupplier stalls, Runnable waiting) {
    super(new FileDisk());
    this.stalls = stalls;
    this.waiting = waiting;
  }

  @Override
  protected DiskFile wrap(DiskFile file) {
    return new ForwardingDiskFile(file) {
      @Override
      public void force(Completion done) {
        if (stalls.getAsBoolean()) {
          waiting.run();
        }
        super.force(done);
      }
    };
  }
}
