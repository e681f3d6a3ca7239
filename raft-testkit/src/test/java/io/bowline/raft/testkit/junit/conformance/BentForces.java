package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.DiskFile;
import io.bowline.raft.storage.ForwardingDisk;
import io.bowline.raft.storage.ForwardingDiskFile;
import java.io.IOException;

/** Another disk, as it is but for its forces, which who extends this bends. */
class BentForces extends ForwardingDisk {
  BentForces(Disk disk) {
    super(disk);
  }

  /** Makes it durable. */
  void force(DiskFile file) throws IOException {
    file.force();
  }

  @Override
  protected DiskFile wrap(DiskFile file) {
    return new ForwardingDiskFile(file) {
      @Override
      public void force() throws IOException {
        BentForces.this.force(file);
      }

      @Override
      public void force(Completion done) {
        done.after(this::force);
      }
    };
  }
}
