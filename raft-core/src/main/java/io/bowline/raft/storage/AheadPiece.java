package io.bowline.raft.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** A part of an {@link AheadFile} that comes from the disk, or has come. */
final class AheadPiece {
  private final AheadFile file;
  private final long start;
  private final ByteBuffer bytes;
  private final int length;
  private final CompletableFuture<Void> reading;

  /** Has the memory filled by that thread. */
  AheadPiece(AheadFile file, long start, ByteBuffer bytes, Executor reader) {
    this.file = file;
    this.start = start;
    this.bytes = bytes;
    this.length = (int) Math.min(bytes.capacity(), file.size() - start);
    this.reading = CompletableFuture.runAsync(this::fill, reader);
  }

  private void fill() {
    try {
      file.fill(bytes, start, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  AheadFile file() {
    return file;
  }

  long start() {
    return start;
  }

  long end() {
    return start + length;
  }

  /** Waits until the disk is done with it; no interrupt ends that. */
  void await() throws IOException {
    try {
      reading.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException unchecked) {
        throw unchecked.getCause();
      }
      throw e;
    }
  }

  /** Its memory, once the disk is done with it, well or not. */
  ByteBuffer abandon() {
    return reading.handle((nothing, failure) -> bytes).join();
  }

  /** Moves bytes from that offset on; how many. */
  int copy(long offset, ByteBuffer target) {
    int from = (int) (offset - start);
    int count = Math.min(target.remaining(), length - from);
    target.put(target.position(), bytes, from, count);
    target.position(target.position() + count);
    return count;
  }
}
