package io.bowline.raft.examples.counter;

import io.bowline.raft.model.Frame;
import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.DiskFile;
import io.bowline.raft.storage.ForwardingDisk;
import io.bowline.raft.storage.ForwardingDiskFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A disk that writes down, when an fsync of a log file has returned and before anybody is told,
 * which entries it made durable and when: a line {@code nanoTime term:first-last ...}. The lines
 * are in the page cache before the fsync counts for anything, so they outlive a kill -9.
 */
final class RecordingDisk extends ForwardingDisk {
  private final FileChannel records;

  RecordingDisk(Disk disk, Path records) throws IOException {
    super(disk);
    this.records =
        FileChannel.open(
            records,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND);
  }

  @Override
  protected DiskFile wrap(DiskFile file) {
    return new RecordedFile(file);
  }

  /** The runs of terms among the frames in these bytes, as {@code term:first-last}. */
  static String runs(byte[] written) {
    StringBuilder runs = new StringBuilder();
    CRC32C crc = new CRC32C();
    long term = 0;
    long first = 0;
    long last = 0;
    int at = 0;
    while (at + Frame.HEADER_BYTES <= written.length) {
      if (!Frame.headerIsValid(written, at, written.length, crc)) {
        at++; // a block's header, or the zeros behind a block
        continue;
      }
      long index = Frame.index(written, at);
      if (index != last + 1 || Frame.term(written, at) != term) {
        if (last > 0) {
          runs.append(' ').append(term).append(':').append(first).append('-').append(last);
        }
        term = Frame.term(written, at);
        first = index;
      }
      last = index;
      at += Frame.HEADER_BYTES + Frame.payloadLength(written, at);
    }
    if (last > 0) {
      runs.append(' ').append(term).append(':').append(first).append('-').append(last);
    }
    return runs.toString();
  }

  /** Keeps what was written since the last fsync. One thread writes a file. */
  private final class RecordedFile extends ForwardingDiskFile {
    private final ByteArrayOutputStream unsynced = new ByteArrayOutputStream();

    RecordedFile(DiskFile file) {
      super(file);
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      ByteBuffer copy = source.duplicate();
      byte[] bytes = new byte[copy.remaining()];
      copy.get(bytes);
      super.write(source, position);
      synchronized (unsynced) {
        if (bytes.length > 0 && !isZero(bytes)) { // zeros written ahead hold no entry
          unsynced.write(bytes, 0, bytes.length);
        }
      }
    }

    @Override
    public void force() throws IOException {
      byte[] covered = take();
      super.force();
      record(covered);
    }

    @Override
    public void force(Completion done) {
      byte[] covered = take();
      super.force(failure -> done.completed(failure == null ? recorded(covered) : failure));
    }

    private byte[] take() {
      synchronized (unsynced) {
        byte[] bytes = unsynced.toByteArray();
        unsynced.reset();
        return bytes;
      }
    }

    private @Nullable IOException recorded(byte[] covered) {
      try {
        record(covered);
        return null;
      } catch (IOException e) {
        return e;
      }
    }

    private void record(byte[] covered) throws IOException {
      String runs = runs(covered);
      if (!runs.isEmpty()) {
        String line = System.nanoTime() + runs + "\n";
        records.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
      }
    }

    private static boolean isZero(byte[] bytes) {
      for (byte b : bytes) {
        if (b != 0) {
          return false;
        }
      }
      return true;
    }
  }
}
