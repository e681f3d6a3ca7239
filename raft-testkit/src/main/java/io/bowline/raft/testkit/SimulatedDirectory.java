package io.bowline.raft.testkit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One directory's names: what the cache shows, and what is on disk (STORAGE D3). */
final class SimulatedDirectory {
  /** A creation, renaming or deletion that no sync of the directory has covered. */
  private record Change(@Nullable String removed, @Nullable String added, SimulatedFile file) {}

  private final TreeMap<String, SimulatedFile> cached = new TreeMap<>();
  private final TreeMap<String, SimulatedFile> onDisk = new TreeMap<>();
  private final List<Change> pending = new ArrayList<>();

  /** The same names as a power cut leaves them that takes all it may, and files likewise. */
  SimulatedDirectory onDisk() {
    SimulatedDirectory twin = new SimulatedDirectory();
    onDisk.forEach((name, file) -> twin.cached.put(name, file.onDisk()));
    twin.sync();
    return twin;
  }

  /** The same names and files as a process sees them. */
  SimulatedDirectory asSeen() {
    SimulatedDirectory twin = new SimulatedDirectory();
    cached.forEach((name, file) -> twin.cached.put(name, file.asSeen()));
    twin.sync();
    return twin;
  }

  void change(@Nullable String removed, @Nullable String added, SimulatedFile file) {
    Change change = new Change(removed, added, file);
    play(change, cached);
    pending.add(change);
  }

  private static void play(Change change, Map<String, SimulatedFile> names) {
    if (change.removed() != null) {
      names.remove(change.removed(), change.file());
    }
    if (change.added() != null) {
      names.put(change.added(), change.file());
    }
  }

  void sync() {
    onDisk.clear();
    onDisk.putAll(cached);
    pending.clear();
  }

  void powerCut(double survival, Prng random, DiskCounts counts) {
    for (Change change : pending) {
      if (random.chance(survival)) {
        play(change, onDisk);
      } else {
        counts.namesLost++;
      }
    }
    pending.clear();
    cached.clear();
    cached.putAll(onDisk);
  }

  /** Whether it shows that file: then {@link #isNamed} says more. */
  boolean shows(SimulatedFile file) {
    return cached.containsValue(file);
  }

  /** Whether a power cut would leave this file under the name that it has now. */
  boolean isNamed(SimulatedFile file) {
    if (pending.isEmpty()) {
      return true;
    }
    for (Map.Entry<String, SimulatedFile> entry : cached.entrySet()) {
      if (entry.getValue() == file) {
        return onDisk.get(entry.getKey()) == file;
      }
    }
    return false;
  }

  @Nullable SimulatedFile get(String name) {
    return cached.get(name);
  }

  Set<String> names() {
    return cached.keySet();
  }

  /** Adds all files that it shows or may show again. */
  void addFilesTo(Collection<SimulatedFile> files) {
    files.addAll(cached.values());
    files.addAll(onDisk.values());
    pending.forEach(change -> files.add(change.file()));
  }
}
