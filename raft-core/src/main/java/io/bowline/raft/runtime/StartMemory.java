package io.bowline.raft.runtime;

import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.StartPair;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.StorageException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The newest start of each directory that this node has met (identity 11, 12): by it a restored
 * copy is told from the directory that it was taken of. Those that count are durable before
 * anything of that start counts; of others a few are kept in memory.
 */
final class StartMemory {
  /** Strangers count for nothing: more of them are forgotten, oldest first. */
  private static final int STRANGERS = 64;

  private final RaftStorage storage;
  private final Executor background;
  private final Consumer<Runnable> here;
  private final Predicate<Incarnation> counts;
  private final Consumer<StorageException> failed;
  private final Map<Incarnation, StartPair> durable;
  private final Map<Incarnation, StartPair> strangers =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Incarnation, StartPair> eldest) {
          return size() > STRANGERS;
        }
      };

  /**
   * Of one node; one thread.
   *
   * @param background where files are written
   * @param here hands a task back to the thread of this memory
   * @param counts whether a directory is named by the membership in force or the founding record
   * @param failed is told on that thread of a file that cannot be written
   */
  StartMemory(
      RaftStorage storage,
      Executor background,
      Consumer<Runnable> here,
      Predicate<Incarnation> counts,
      Consumer<StorageException> failed) {
    this.storage = storage;
    this.background = background;
    this.here = here;
    this.counts = counts;
    this.failed = failed;
    this.durable = new LinkedHashMap<>(storage.remembered());
  }

  /** The newest start seen of that directory. */
  @Nullable StartPair of(Incarnation directory) {
    StartPair known = durable.get(directory);
    return known == null ? strangers.get(directory) : known;
  }

  /** Whether a start cannot follow the one that is remembered: it is a copy's. */
  boolean isStale(Incarnation directory, StartPair start) {
    StartPair known = of(directory);
    return known != null
        && (start.counter() < known.counter()
            || (start.counter() == known.counter() && !start.equals(known)));
  }

  /** Remembers a start that its owner has confirmed, then goes on: at once, or when durable. */
  void remember(Incarnation directory, StartPair start, Runnable then) {
    if (!counts.test(directory)) {
      strangers.put(directory, start);
      then.run();
    } else if (start.equals(durable.get(directory))) {
      then.run();
    } else {
      background.execute(() -> write(directory, start, then));
    }
  }

  private void write(Incarnation directory, StartPair start, Runnable then) {
    try {
      storage.remember(directory, start);
      here.accept(
          () -> {
            durable.put(directory, start);
            strangers.remove(directory);
            then.run();
          });
    } catch (StorageException e) {
      here.accept(() -> failed.accept(e));
    }
  }
}
