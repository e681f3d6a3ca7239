package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.StorageProvider;
import java.util.function.Function;

/**
 * What a storage is kept on, in the hands of the kit: processes come and go on it, and it may lose
 * its power. Used by one thread.
 */
public interface StorageMedium extends AutoCloseable {
  /** The storage's place as a process sees it that starts now; nothing is opened yet. */
  StorageProvider process();

  /** Whether what was completed outlives {@link #killProcess}; if not, it is never called. */
  default boolean survivesKill() {
    return false;
  }

  /** Whether what was completed outlives {@link #powerCut}; if not, it is never called. */
  default boolean survivesPowerCut() {
    return false;
  }

  /** The process dies without a word: the kit calls nothing more that it had opened. */
  default void killProcess() {
    throw new UnsupportedOperationException("survivesKill() says that this cannot be asked");
  }

  /** The machine loses its power: what was written and not made durable may be gone. */
  default void powerCut() {
    throw new UnsupportedOperationException("survivesPowerCut() says that this cannot be asked");
  }

  /** The test is over. */
  @Override
  default void close() {}

  /**
   * A simulated disk for a storage that is built on {@link Disk}: it survives both deaths, and the
   * kit strikes in the middle of the storage's own calls to it.
   *
   * @param place makes the place on the disk as one process sees it; called once for each process
   */
  static StorageMedium onDisk(Function<Disk, StorageProvider> place) {
    return new DiskMedium(place, 1);
  }
}
