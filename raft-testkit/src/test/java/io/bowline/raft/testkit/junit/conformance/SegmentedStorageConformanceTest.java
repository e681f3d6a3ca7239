package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.storage.SegmentedStorage;
import io.bowline.raft.storage.StorageOptions;
import java.nio.file.Path;

/** The storage that ships, with segments so small that each story rolls over. */
class SegmentedStorageConformanceTest extends StorageConformance {
  @Override
  protected StorageMedium medium() {
    StorageOptions options = StorageOptions.defaults().withSegmentBytes(64 << 10);
    return StorageMedium.onDisk(
        disk -> new SegmentedStorage(disk, Path.of("/data/kit"), options, Runnable::run));
  }
}
