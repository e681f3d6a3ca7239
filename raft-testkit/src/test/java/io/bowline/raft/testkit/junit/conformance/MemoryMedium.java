package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.storage.NonDurableMemoryStorage;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.StorageProvider;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory with a battery: it outlives processes and power cuts. Right as it is; who extends this
 * bends one thing.
 */
class MemoryMedium implements StorageMedium {
  private final List<RaftStorage> open = new ArrayList<>();
  NonDurableMemoryStorage memory = new NonDurableMemoryStorage();

  /** The one thing: how an open storage behaves. */
  RaftStorage opened(RaftStorage storage) {
    return storage;
  }

  @Override
  public StorageProvider process() {
    return new ForwardingStorage.Provider(memory) {
      @Override
      RaftStorage opened(RaftStorage storage) {
        open.add(storage);
        return MemoryMedium.this.opened(storage);
      }
    };
  }

  /** Locks fall with their process. */
  final void release() {
    open.forEach(RaftStorage::close);
    open.clear();
  }

  @Override
  public boolean survivesKill() {
    return true;
  }

  @Override
  public boolean survivesPowerCut() {
    return true;
  }

  @Override
  public void killProcess() {
    release();
  }

  @Override
  public void powerCut() {
    release();
  }
}
