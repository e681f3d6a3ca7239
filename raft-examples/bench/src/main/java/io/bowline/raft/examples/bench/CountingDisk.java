package io.bowline.raft.examples.bench;

import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** A disk that counts bytes written, the zeros ahead of the log apart, and fdatasyncs. */
final class CountingDisk implements Disk {
  private final Disk disk;
  private static final ByteBuffer ZEROS = ByteBuffer.allocate(64 << 10).asReadOnlyBuffer();

  private final LongAdder bytes = new LongAdder();
  private final LongAdder zeros = new LongAdder();
  private final LongAdder forces = new LongAdder();

  CountingDisk(Disk disk) {
    this.disk = disk;
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
  public DiskFile open(Path file) throws IOException {
    return new CountingFile(disk.open(file));
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    return new CountingFile(disk.create(file));
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    disk.createDirectories(directory);
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    return disk.list(directory);
  }

  @Override
  public boolean exists(Path file) throws IOException {
    return disk.exists(file);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    disk.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    disk.delete(file);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    disk.syncDirectory(directory);
  }

  @Override
  public Closeable lock(Path file, String holder) throws IOException {
    return disk.lock(file, holder);
  }

  /** Room ahead of the log is written in pieces of that size at most; a block begins otherwise. */
  private static boolean isZeros(ByteBuffer source) {
    int length = source.remaining();
    return length <= ZEROS.capacity() && source.mismatch(ZEROS.slice(0, length)) < 0;
  }

  private final class CountingFile implements DiskFile {
    private final DiskFile file;

    CountingFile(DiskFile file) {
      this.file = file;
    }

    @Override
    public int writeUnit() {
      return file.writeUnit();
    }

    @Override
    public long roomToGrow() throws IOException {
      return file.roomToGrow();
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return file.read(target, position);
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      (isZeros(source) ? zeros : bytes).add(source.remaining());
      file.write(source, position);
    }

    @Override
    public void force() throws IOException {
      forces.increment();
      file.force();
    }

    @Override
    public void force(Completion done) {
      forces.increment();
      file.force(done);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
