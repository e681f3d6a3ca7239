package io.bowline.raft.examples.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/**
 * What this disk allows at most: one writer appends all that can be outstanding as one group and
 * makes it durable, over and over. With N outstanding no log of any design acknowledges more than N
 * for each fdatasync.
 */
final class DiskLimit {
  private static final int FILE_BYTES = 64 << 20;
  private static final int STEP_BYTES = 1 << 20;
  private static final int ALIGN = 512;

  private DiskLimit() {}

  /** Groups of {@code outstanding} entries of so many bytes; entries per second. */
  static double entriesPerSecond(Path directory, int entryBytes, int outstanding, double seconds)
      throws IOException {
    Path file = directory.resolve("disk-limit");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      zeroFill(channel);
      int group = Math.min(FILE_BYTES, roundUp(entryBytes * outstanding));
      ByteBuffer bytes = ByteBuffer.allocateDirect(group);
      run(channel, bytes, 0.2); // warm-up
      return run(channel, bytes, seconds) * outstanding;
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static double run(FileChannel channel, ByteBuffer group, double seconds)
      throws IOException {
    long begin = System.nanoTime();
    long end = begin + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    long syncs = 0;
    long position = 0;
    long now = begin;
    while (now < end) {
      group.clear();
      while (group.hasRemaining()) {
        position += channel.write(group, position);
      }
      channel.force(false);
      syncs++;
      if (position + group.capacity() > FILE_BYTES) {
        position = 0;
      }
      now = System.nanoTime();
    }
    return syncs * 1e9 / (now - begin);
  }

  private static void zeroFill(FileChannel channel) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(STEP_BYTES);
    for (int at = 0; at < FILE_BYTES; at += STEP_BYTES) {
      channel.write(zeros.clear(), at);
    }
    channel.force(true);
  }

  private static int roundUp(int bytes) {
    return (bytes + ALIGN - 1) / ALIGN * ALIGN;
  }
}
