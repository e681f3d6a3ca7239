package io.bowline.raft.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/** Small files, read and replaced as a whole. */
final class WholeFile {
  private WholeFile() {}

  /** All of a file that is not larger than that. */
  static byte[] read(Disk disk, Path file, int maxBytes) throws IOException {
    try (DiskFile open = disk.open(file)) {
      long size = open.size();
      if (size > maxBytes) {
        throw new StorageException(
            file + " has " + size + " bytes, more than the " + maxBytes + " it could have");
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) size);
      int got = open.read(bytes, 0);
      return got == size ? bytes.array() : Arrays.copyOf(bytes.array(), got);
    }
  }

  /** Makes a file of these bytes, durable but for its name; replaces one that was left behind. */
  static void write(Disk disk, Path file, byte[] bytes) throws IOException {
    deleteIfThere(disk, file);
    try (DiskFile open = disk.create(file)) {
      open.write(ByteBuffer.wrap(bytes), 0);
      open.force();
    }
  }

  /** Gives a durable file its name, durably (STORAGE F7). */
  static void publish(Disk disk, Path from, Path to) throws IOException {
    disk.rename(from, to);
    syncParent(disk, to);
  }

  /** Makes the names beside that file durable. */
  static void syncParent(Disk disk, Path file) throws IOException {
    Path parent = file.getParent();
    if (parent != null) {
      disk.syncDirectory(parent);
    }
  }

  /** Removes a file if there is one. */
  static void deleteIfThere(Disk disk, Path file) throws IOException {
    if (disk.exists(file)) {
      disk.delete(file);
    }
  }
}
