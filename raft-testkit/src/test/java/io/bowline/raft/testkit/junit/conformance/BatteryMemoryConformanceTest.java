package io.bowline.raft.testkit.junit.conformance;

/** Memory that outlives its process passes: what is bent in {@link WrongMemory} is right here. */
class BatteryMemoryConformanceTest extends StorageConformance {
  @Override
  protected StorageMedium medium() {
    return new MemoryMedium();
  }
}
