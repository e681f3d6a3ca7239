package io.bowline.raft.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file of this machine. Short reads, and writes of odd lengths, go through the page cache; writes
 * of whole units and long reads go past it where the file system lets them: a log is written once
 * and seldom read, and each new page of the cache costs several times what its bytes do. The kernel
 * keeps both views alike as long as no two writes overlap in time.
 */
final class OpenFile implements DiskFile {
  private static final int MAX_READ = 1 << 20;

  /** From here on a way past the cache is worth a copy that the kernel would have made. */
  private static final int LONG_READ = 64 << 10;

  /** Where the disk puts what a long read asked for. */
  private static final ThreadLocal<ByteBuffer> PIECE =
      ThreadLocal.withInitial(() -> Aligned.direct(MAX_READ));

  private final Path path;
  private final FileChannel channel;
  private final boolean mayPassCache;
  private @Nullable DirectChannel direct;
  private boolean tried;

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
  private synchronized @Nullable DirectChannel direct() {
    if (mayPassCache && !tried) {
      tried = true;
      direct = DirectChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
    return direct;
  }

  @Override
  public int writeUnit() {
    DirectChannel past = direct();
    return past == null ? 1 : past.unit();
  }

  @Override
  public long roomToGrow() throws IOException {
    DirectChannel past = direct();
    return past == null ? -1 : past.store().getUsableSpace();
  }

  @Override
  public long size() throws IOException {
    boolean interrupted = InterruptFlag.takeAway();
    try {
      return channel.size();
    } finally {
      InterruptFlag.giveBack(interrupted);
    }
  }

  @Override
  public void claim() throws IOException {
    boolean interrupted = InterruptFlag.takeAway();
    try {
      if (channel.tryLock() == null) {
        throw new IOException(
            path + " is in use by another process, although LOCK is free: it was removed");
      }
    } catch (OverlappingFileLockException e) {
      throw new IOException(path + " is in use by another class loader of this process", e);
    } finally {
      InterruptFlag.giveBack(interrupted);
    }
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    boolean interrupted = InterruptFlag.takeAway();
    try {
      DirectChannel past = target.remaining() < LONG_READ ? null : direct();
      return past == null ? readThrough(target, position) : readPast(past, target, position);
    } finally {
      InterruptFlag.giveBack(interrupted);
    }
  }

  private int readThrough(ByteBuffer target, long position) throws IOException {
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

  /** Whole units around what is asked for, a piece at a time. */
  private static int readPast(DirectChannel past, ByteBuffer target, long position)
      throws IOException {
    ByteBuffer piece = PIECE.get();
    int start = target.position();
    while (target.hasRemaining()) {
      long at = position + target.position() - start;
      int skipped = (int) at & past.unit() - 1;
      long units = (long) skipped + target.remaining() + past.unit() - 1 & -past.unit();
      piece.clear().limit((int) Math.min(piece.capacity(), units));
      int count = past.channel().read(piece, at - skipped) - skipped;
      if (count <= 0) {
        break; // the file ends here
      }
      target.put(
          piece.flip().position(skipped).limit(skipped + Math.min(count, target.remaining())));
    }
    return target.position() - start;
  }

  @Override
  public void write(ByteBuffer source, long position) throws IOException {
    DirectChannel past = direct();
    long at = position;
    boolean interrupted = InterruptFlag.takeAway();
    try {
      while (source.hasRemaining()) {
        FileChannel way = past != null && past.takes(source, at) ? past.channel() : channel;
        at += way.write(source, at);
      }
    } finally {
      InterruptFlag.giveBack(interrupted);
    }
  }

  @Override
  public void force() throws IOException {
    boolean interrupted = InterruptFlag.takeAway();
    try {
      channel.force(false); // fdatasync: a size that changed is written too
    } finally {
      InterruptFlag.giveBack(interrupted);
    }
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
