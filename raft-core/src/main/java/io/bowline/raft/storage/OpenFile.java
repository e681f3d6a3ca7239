package io.bowline.raft.storage;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of this machine. Reads, and writes of odd lengths, go through the page cache; writes of
 * whole units go past it where the file system lets them: a log is written once and seldom read,
 * and each new page of the cache costs several times what its bytes do. The kernel keeps both views
 * alike as long as no two writes overlap in time.
 */
final class OpenFile implements DiskFile {
  private static final Logger LOG = LoggerFactory.getLogger(OpenFile.class);
  private static final int MAX_READ = 1 << 20;
  private static final int MAX_UNIT = 4096;

  private final Path path;
  private final FileChannel channel;
  private final boolean mayPassCache;
  private @Nullable Direct direct;
  private boolean tried;

  /** The way past the page cache. */
  private record Direct(FileChannel channel, int unit, FileStore store) {
    boolean takes(ByteBuffer source, long position) {
      return source.isDirect()
          && ((position | source.remaining()) & unit - 1) == 0
          && source.alignmentOffset(source.position(), unit) == 0;
    }
  }

  /**
   * A file that was just opened under that name.
   *
   * @param mayPassCache whether whole units may go past the page cache
   */
  OpenFile(Path path, FileChannel channel, boolean mayPassCache) {
    this.path = path;
    this.channel = channel;
    this.mayPassCache = mayPassCache;
  }

  /** Opened when it is asked for first: by then the file still bears its first name. */
  private synchronized @Nullable Direct direct() {
    if (mayPassCache && !tried) {
      tried = true;
      direct = openDirect(path);
    }
    return direct;
  }

  private static @Nullable Direct openDirect(Path path) {
    FileChannel opened = null;
    try {
      Path directory = path.toAbsolutePath().getParent();
      FileStore store = Files.getFileStore(directory == null ? path : directory);
      long unit = store.getBlockSize();
      if (unit <= MAX_UNIT && Long.bitCount(unit) == 1) {
        opened = FileChannel.open(path, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
        return new Direct(opened, (int) unit, store);
      }
      LOG.debug("{}: written through the page cache: its blocks have {} bytes", path, unit);
    } catch (IOException | UnsupportedOperationException e) {
      LOG.debug("{}: written through the page cache: {}", path, e.toString());
    }
    return null;
  }

  @Override
  public int writeUnit() {
    Direct past = direct();
    return past == null ? 1 : past.unit();
  }

  @Override
  public long roomToGrow() throws IOException {
    Direct past = direct();
    return past == null ? -1 : past.store().getUsableSpace();
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    int start = target.position();
    int end = target.limit();
    int got = 0;
    while (target.position() < end && got >= 0) {
      // the JDK copies through a direct buffer as large as this, and keeps it for the thread
      target.limit(Math.min(end, target.position() + MAX_READ));
      got = channel.read(target, position + target.position() - start);
    }
    target.limit(end);
    return target.position() - start;
  }

  @Override
  public void write(ByteBuffer source, long position) throws IOException {
    Direct past = direct();
    long at = position;
    while (source.hasRemaining()) {
      FileChannel way = past != null && past.takes(source, at) ? past.channel() : channel;
      at += way.write(source, at);
    }
  }

  @Override
  public void force() throws IOException {
    channel.force(false); // fdatasync: a size that changed is written too
  }

  @Override
  public void force(Completion done) {
    done.after(this::force);
  }

  @Override
  public synchronized void close() throws IOException {
    tried = true;
    try {
      if (direct != null) {
        direct.channel().close();
      }
    } finally {
      channel.close();
    }
  }
}
