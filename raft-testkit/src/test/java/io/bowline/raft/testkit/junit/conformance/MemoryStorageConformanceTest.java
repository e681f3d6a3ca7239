package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.storage.NonDurableMemoryStorage;
import io.bowline.raft.storage.StorageProvider;

/** The storage in memory: it survives a close, and no death. */
class MemoryStorageConformanceTest extends StorageConformance {
  @Override
  protected StorageMedium medium() {
    NonDurableMemoryStorage memory = new NonDurableMemoryStorage();
    return new StorageMedium() {
      @Override
      public StorageProvider process() {
        return memory;
      }
    };
  }
}
