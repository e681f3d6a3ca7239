package io.bowline.raft.storage;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file that hands all calls on to another one, for those who extend it to bend some. The two
 * forces are forwarded each on its own: who bends one overrides both.
 */
public class ForwardingDiskFile implements DiskFile {
  private final DiskFile file;

  /**
   * Before a file.
   *
   * @param file takes the calls
   */
  protected ForwardingDiskFile(DiskFile file) {
    this.file = file;
  }

  @Override
  public long size() throws IOException {
    return file.size();
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    return file.read(target, position);
  }

  /** The other one's: a wrapper that says 1 here sends all writes through the page cache. */
  @Override
  public int writeUnit() {
    return file.writeUnit();
  }

  @Override
  public long roomToGrow() throws IOException {
    return file.roomToGrow();
  }

  @Override
  public void claim() throws IOException {
    file.claim();
  }

  @Override
  public void write(ByteBuffer source, long position) throws IOException {
    file.write(source, position);
  }

  @Override
  public void force() throws IOException {
    file.force();
  }

  @Override
  public void force(Completion done) {
    file.force(done);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
