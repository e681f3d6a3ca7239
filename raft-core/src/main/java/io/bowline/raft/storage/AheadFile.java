package io.bowline.raft.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** One file of a {@link ScanAhead}. What lies behind the piece that is seen is read anew. */
final class AheadFile implements DiskFile {
  private final ScanAhead scan;
  private final Path path;
  private final boolean mayPassCache;
  private final FileChannel channel;
  private final int unit;
  private final long size;
  private @Nullable AheadPiece piece;
  private @Nullable DiskFile behind;

  private AheadFile(
      ScanAhead scan, Path path, boolean mayPassCache, FileChannel channel, int unit, long size) {
    this.scan = scan;
    this.path = path;
    this.mayPassCache = mayPassCache;
    this.channel = channel;
    this.unit = unit;
    this.size = size;
  }

  static AheadFile open(ScanAhead scan, Path path, boolean mayPassCache) throws IOException {
    DirectChannel past = mayPassCache ? DirectChannel.open(path, StandardOpenOption.READ) : null;
    FileChannel channel =
        past != null ? past.channel() : FileDisk.channel(path, StandardOpenOption.READ);
    boolean interrupted = InterruptFlag.takeAway();
    try {
      int unit = past != null ? past.unit() : 1;
      return new AheadFile(scan, path, mayPassCache, channel, unit, channel.size());
    } catch (IOException e) {
      channel.close();
      throw e;
    } finally {
      InterruptFlag.giveBack(interrupted);
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    int begin = target.position();
    long at = position;
    while (target.hasRemaining() && at < size) {
      AheadPiece seen = pieceAt(at);
      if (seen == null) {
        int before = target.position() - begin;
        return before + readBehind(target, at);
      }
      at += seen.copy(at, target);
    }
    return target.position() - begin;
  }

  /** Null if its piece is not seen any more. */
  private @Nullable AheadPiece pieceAt(long offset) throws IOException {
    AheadPiece seen = piece;
    while (seen == null || seen.end() <= offset) {
      seen = scan.turn();
      piece = seen;
    }
    if (offset < seen.start()) {
      return null;
    }
    seen.await();
    return seen;
  }

  private int readBehind(ByteBuffer target, long position) throws IOException {
    DiskFile file = behind;
    if (file == null) {
      file = new OpenFile(path, FileDisk.channel(path, StandardOpenOption.READ), mayPassCache);
      behind = file;
    }
    return file.read(target, position);
  }

  /** Called by the thread that reads ahead. */
  void fill(ByteBuffer bytes, long offset, int length) throws IOException {
    bytes.clear();
    while (bytes.position() < length) {
      int done = bytes.position() & -unit; // only at the file's end anything else is normal
      bytes.position(done);
      if (channel.read(bytes, offset + done) <= 0 || bytes.position() - done < unit) {
        break;
      }
    }
    if (bytes.position() < length) {
      throw new IOException(path + " ends before its " + size + " bytes do");
    }
  }

  @Override
  public void write(ByteBuffer source, long position) {
    throw readOnly();
  }

  @Override
  public void force() {
    throw readOnly();
  }

  @Override
  public void force(Completion done) {
    throw readOnly();
  }

  private UnsupportedOperationException readOnly() {
    return new UnsupportedOperationException(path + " is open to be scanned");
  }

  /** Nothing of it is being read any more. */
  @Override
  public void close() throws IOException {
    try (channel) {
      DiskFile opened = behind;
      if (opened != null) {
        opened.close();
      }
    }
  }
}
