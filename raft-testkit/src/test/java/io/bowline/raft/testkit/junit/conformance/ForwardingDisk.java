package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** Another disk, as it is but for its forces, which who extends this bends. */
class ForwardingDisk implements Disk {
  private final Disk disk;

  ForwardingDisk(Disk disk) {
    this.disk = disk;
  }

  /** Makes it durable. */
  void force(DiskFile file) throws IOException {
    file.force();
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
  public DiskFile open(Path file) throws IOException {
    return new ForwardingFile(disk.open(file));
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    return new ForwardingFile(disk.create(file));
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

  private final class ForwardingFile implements DiskFile {
    private final DiskFile file;

    ForwardingFile(DiskFile file) {
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
      file.write(source, position);
    }

    @Override
    public void force() throws IOException {
      ForwardingDisk.this.force(file);
    }

    @Override
    public void force(Completion done) {
      IOException failure = null;
      try {
        force();
      } catch (IOException e) {
        failure = e;
      }
      done.completed(failure);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
