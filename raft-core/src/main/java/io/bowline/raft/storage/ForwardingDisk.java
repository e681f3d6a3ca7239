package io.bowline.raft.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A disk that hands all calls on to another one; who counts, delays or bends some of them extends
 * it, and inherits what a disk learns to say later. As safe from threads as the other one.
 */
public class ForwardingDisk implements Disk {
  private final Disk disk;

  /**
   * Before a disk.
   *
   * @param disk takes the calls
   */
  protected ForwardingDisk(Disk disk) {
    this.disk = disk;
  }

  /**
   * Stands before each file that is opened or created; the file itself unless overridden.
   *
   * @param file of the other disk
   * @return what the caller gets, mostly a {@link ForwardingDiskFile}
   */
  protected DiskFile wrap(DiskFile file) {
    return file;
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
    return wrap(disk.open(file));
  }

  @Override
  public void scan(List<Path> files, ScanVisitor visitor) throws IOException {
    disk.scan(files, (file, open) -> visitor.visit(file, wrap(open)));
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    return wrap(disk.create(file));
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
}
