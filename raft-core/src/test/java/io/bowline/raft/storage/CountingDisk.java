package io.bowline.raft.storage;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the files that are open, and has no more descriptors than it is told. */
final class CountingDisk extends ForwardingDisk {
  private final AtomicInteger open = new AtomicInteger();
  private volatile int most;
  private volatile int limit = Integer.MAX_VALUE;

  CountingDisk(Disk disk) {
    super(disk);
  }

  /** So many files may be open. */
  void limitTo(int files) {
    limit = files;
  }

  int open() {
    return open.get();
  }

  /** The most that were open at any time. */
  int most() {
    return most;
  }

  private void require(Path file) throws IOException {
    if (open.get() >= limit) {
      throw new FileSystemException(file.toString(), null, "Too many open files");
    }
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    require(file);
    return super.open(file);
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    require(file);
    return super.create(file);
  }

  @Override
  public void scan(List<Path> files, ScanVisitor visitor) throws IOException {
    for (Path file : files) {
      try (DiskFile open = open(file)) {
        visitor.visit(file, open);
      }
    }
  }

  @Override
  protected DiskFile wrap(DiskFile file) {
    most = Math.max(most, open.incrementAndGet());
    return new ForwardingDiskFile(file) {
      private boolean closed;

      @Override
      public void close() throws IOException {
        if (!closed) {
          closed = true;
          open.decrementAndGet();
        }
        super.close();
      }
    };
  }
}
