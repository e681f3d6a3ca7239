package io.bowline.raft.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A file that is read once, front to back, in large pieces: the next one comes from the disk while
 * the caller looks at this one. For one thread.
 */
final class AheadFile implements DiskFile {
  /**
   * A multiple of every unit of a {@link DirectChannel}. The kernel asks a device for 4 MiB at a
   * time at most: a piece of several such requests keeps the device busy between two of them.
   */
  static final int PIECE_BYTES = 16 << 20;

  private static final Buffers BUFFERS = new Buffers();

  private final Path path;
  private final FileChannel channel;
  private final int unit;
  private final long size;
  private final ExecutorService reader;
  private Piece piece;
  private Piece next;

  /** Memory for two pieces, which one file of this process after the other uses. */
  private static final class Buffers {
    private @Nullable SoftReference<ByteBuffer[]> spare;

    synchronized ByteBuffer[] take() {
      ByteBuffer[] found = spare == null ? null : spare.get();
      spare = null;
      return found != null
          ? found
          : new ByteBuffer[] {Aligned.direct(PIECE_BYTES), Aligned.direct(PIECE_BYTES)};
    }

    synchronized void giveBack(ByteBuffer first, ByteBuffer second) {
      spare = new SoftReference<>(new ByteBuffer[] {first, second});
    }
  }

  private static final class Piece {
    private final ByteBuffer bytes;
    private long start;
    private int length;
    private @Nullable CompletableFuture<Integer> reading;

    Piece(ByteBuffer bytes) {
      this.bytes = bytes;
    }

    boolean holds(long offset) {
      return offset >= start && offset < start + length;
    }

    /** Waits until the disk is done with it. */
    void await() throws IOException {
      CompletableFuture<Integer> awaited = reading;
      if (awaited != null) {
        reading = null;
        try {
          length = awaited.join(); // no interrupt ends it: its memory is in use
        } catch (CompletionException e) {
          if (e.getCause() instanceof UncheckedIOException unchecked) {
            throw unchecked.getCause();
          }
          throw e;
        }
      }
    }
  }

  /**
   * Takes over the channel.
   *
   * @param unit what the channel reads is a multiple of it
   */
  AheadFile(Path path, FileChannel channel, int unit) throws IOException {
    this.path = path;
    this.channel = channel;
    this.unit = unit;
    this.size = channel.size();
    this.reader = Executors.newSingleThreadExecutor(AheadFile::thread);
    ByteBuffer[] memory = BUFFERS.take();
    this.piece = new Piece(memory[0]);
    this.next = new Piece(memory[1]);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "bowline-read-ahead");
    thread.setDaemon(true);
    return thread;
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
      turnTo(at);
      int from = (int) (at - piece.start);
      int count = Math.min(target.remaining(), piece.length - from);
      target.put(target.position(), piece.bytes, from, count);
      target.position(target.position() + count);
      at += count;
    }
    return target.position() - begin;
  }

  private void turnTo(long offset) throws IOException {
    if (piece.holds(offset)) {
      return;
    }
    next.await();
    if (!next.holds(offset)) {
      next.length = 0; // also if reading fails
      next.start = offset - offset % PIECE_BYTES;
      next.length = fill(next.bytes, next.start); // there is nothing else to do yet
    }
    Piece last = piece;
    piece = next;
    next = last;
    next.length = 0;
    if (piece.start + PIECE_BYTES < size) {
      start(next, piece.start + PIECE_BYTES);
    }
  }

  private void start(Piece empty, long offset) {
    empty.start = offset;
    empty.length = 0;
    empty.reading = CompletableFuture.supplyAsync(() -> fillUnchecked(empty.bytes, offset), reader);
  }

  private int fillUnchecked(ByteBuffer bytes, long offset) {
    try {
      return fill(bytes, offset);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many bytes of the file it holds then: all, or as far as the file goes. */
  private int fill(ByteBuffer bytes, long offset) throws IOException {
    bytes.clear();
    while (bytes.hasRemaining() && offset + bytes.position() < size) {
      int done = bytes.position() & -unit; // only at the file's end anything else is normal
      bytes.position(done);
      if (channel.read(bytes, offset + done) <= 0 || bytes.position() - done < unit) {
        break;
      }
    }
    if (offset + bytes.position() < Math.min(size, offset + PIECE_BYTES)) {
      throw new IOException(path + " ends before its " + size + " bytes do");
    }
    return bytes.position();
  }

  @Override
  public void write(ByteBuffer source, long position) {
    throw new UnsupportedOperationException(path + " is open to be scanned");
  }

  @Override
  public void force() {
    throw new UnsupportedOperationException(path + " is open to be scanned");
  }

  @Override
  public void force(Completion done) {
    throw new UnsupportedOperationException(path + " is open to be scanned");
  }

  @Override
  public void close() throws IOException {
    try {
      next.await();
      BUFFERS.giveBack(piece.bytes, next.bytes);
    } finally {
      reader.shutdown();
      channel.close();
    }
  }
}
