package io.bowline.raft.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Looks into a directory that nobody has open, and changes nothing: for tools, and for an operator
 * who has to know how far a founding is. Safe from any thread.
 */
public final class DirectoryInspector {
  private DirectoryInspector() {}

  /**
   * Who a directory belongs to, and how far its founding is.
   *
   * @throws StorageException if there is none, it cannot be read, or a living process holds it
   */
  public static Identity identityOf(Path directory) throws StorageException {
    Path file = directory.resolve(IdentityFile.NAME);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new StorageException(directory + " holds no storage: there is no " + file);
    }
    requireNotHeld(directory.resolve(SegmentedStorage.LOCK));
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new StorageException(file + " is no file of its own: a link is not followed");
    }
    try {
      long size = Files.size(file);
      if (size > IdentityFile.MAX_BYTES) {
        throw new StorageException(file + " has " + size + " bytes: it is no identity");
      }
      return IdentityFile.decode(file, Files.readAllBytes(file));
    } catch (IOException e) {
      throw StorageException.of(file + " cannot be read", e);
    }
  }

  /** A shared lock for a moment: it needs no write, and is refused beside a holder's. */
  private static void requireNotHeld(Path lock) throws StorageException {
    try {
      if (FileDisk.isHeldHere(lock)) {
        throw held(lock); // to open and close it would drop the lock of this process
      }
      if (Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)) {
        requireUnlocked(lock);
      }
    } catch (OverlappingFileLockException e) {
      throw held(lock);
    } catch (IOException e) {
      throw StorageException.of(lock + " cannot be looked at", e);
    }
  }

  private static void requireUnlocked(Path lock) throws IOException {
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.READ);
        FileLock shared = channel.tryLock(0, Long.MAX_VALUE, true)) {
      if (shared == null) {
        throw held(lock);
      }
    }
  }

  private static StorageException held(Path lock) {
    return new StorageException(
        lock + " is held: stop the node first, what it says may change while it lives");
  }
}
