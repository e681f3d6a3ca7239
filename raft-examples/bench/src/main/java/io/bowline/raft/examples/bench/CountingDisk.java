package io.bowline.raft.examples.bench;

import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.DiskFile;
import io.bowline.raft.storage.ForwardingDisk;
import io.bowline.raft.storage.ForwardingDiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;

/** A disk that counts bytes written, the zeros ahead of the log apart, and fdatasyncs. */
final class CountingDisk extends ForwardingDisk {
  private static final ByteBuffer ZEROS = ByteBuffer.allocate(64 << 10).asReadOnlyBuffer();

  private final LongAdder bytes = new LongAdder();
  private final LongAdder zeros = new LongAdder();
  private final LongAdder forces = new LongAdder();

  CountingDisk(Disk disk) {
    super(disk);
  }

  /** Without the zeros. */
  long bytesWritten() {
    return bytes.sum();
  }

  long zerosWritten() {
    return zeros.sum();
  }

  long forces() {
    return forces.sum();
  }

  @Override
  protected DiskFile wrap(DiskFile file) {
    return new CountingFile(file);
  }

  /** Room ahead of the log is written in pieces of that size at most; a block begins otherwise. */
  private static boolean isZeros(ByteBuffer source) {
    int length = source.remaining();
    return length <= ZEROS.capacity() && source.mismatch(ZEROS.slice(0, length)) < 0;
  }

  private final class CountingFile extends ForwardingDiskFile {
    CountingFile(DiskFile file) {
      super(file);
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      (isZeros(source) ? zeros : bytes).add(source.remaining());
      super.write(source, position);
    }

    @Override
    public void force() throws IOException {
      forces.increment();
      super.force();
    }

    @Override
    public void force(Completion done) {
      forces.increment();
      super.force(done);
    }
  }
}
