package io.bowline.raft.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The file system, and nothing else touches it. A name is durable only when its directory was
 * synced (STORAGE F7). Safe from any thread; I/O threads must never be interrupted.
 */
public interface Disk {
  /** Creates the directory and those above it; durable on return. */
  void createDirectories(Path directory) throws IOException;

  /** Names of what is in the directory, sorted; empty if there is none. */
  List<String> list(Path directory) throws IOException;

  /** Whether there is such a file or directory. */
  boolean exists(Path file) throws IOException;

  /** Opens an existing file for reading and writing. */
  DiskFile open(Path file) throws IOException;

  /**
   * Opens existing files one after the other, each to be read once, front to back. A disk may read
   * ahead, into the next file too.
   *
   * @param visitor gets each of them; what it throws ends the scan
   */
  default void scan(List<Path> files, ScanVisitor visitor) throws IOException {
    for (Path file : files) {
      try (DiskFile open = open(file)) {
        visitor.visit(file, open);
      }
    }
  }

  /** Reads the files of a scan. */
  interface ScanVisitor {
    /**
     * Reads a file: calls {@link DiskFile#size} and {@link DiskFile#read} only, from the thread
     * that scans, and not after it returned.
     */
    void visit(Path file, DiskFile open) throws IOException;
  }

  /** Creates a file that must not exist yet. */
  DiskFile create(Path file) throws IOException;

  /** Replaces {@code to}, if there is one, atomically. */
  void rename(Path from, Path to) throws IOException;

  /** Removes a file. */
  void delete(Path file) throws IOException;

  /** Makes creations, renames and deletions in it durable. */
  void syncDirectory(Path directory) throws IOException;

  /**
   * Takes the lock that keeps other processes (and other nodes of this one) out.
   *
   * @param holder what a second one is told: who holds it
   * @throws IOException naming the holder, if it is held
   */
  Closeable lock(Path file, String holder) throws IOException;
}
