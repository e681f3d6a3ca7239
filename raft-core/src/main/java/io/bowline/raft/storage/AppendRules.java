package io.bowline.raft.storage;

import io.bowline.raft.model.EntryBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What entries must keep to before they reach the disk, for a log that breaks it cannot be read
 * back: indexes leave no gap, terms and times never fall.
 */
final class AppendRules {
  private final LogOutline outline;
  private final LogReader reader;

  AppendRules(LogOutline outline, LogReader reader) {
    this.outline = outline;
    this.reader = reader;
  }

  /**
   * Refuses a group that breaks them.
   *
   * @throws StorageException if what stands before an overwrite cannot be read
   */
  void require(List<EntryBatch> batches) throws StorageException {
    long last = outline.last().index();
    for (int i = 0; i < batches.size(); i++) {
      EntryBatch batch = batches.get(i);
      if (batch.isEmpty()) {
        continue;
      }
      long first = batch.firstIndex();
      if (first < 1 || first > last + 1 || batch.lastIndex() > Numbers.MOST) {
        throw refused(batch, "leaves a gap behind " + last);
      }
      if (!batch.isOrdered()
          || batch.termAt(first) < termBefore(batches, i, first)
          || batch.timeAt(first) < timeBefore(batches, i, first)
          || batch.last().term() > Numbers.MOST
          || batch.lastTime() > Numbers.MOST) {
        throw refused(batch, "has a term or a time that falls, or is out of range");
      }
      last = batch.lastIndex();
    }
  }

  private static IllegalArgumentException refused(EntryBatch batch, String why) {
    return new IllegalArgumentException("the batch " + batch + " " + why);
  }

  private long termBefore(List<EntryBatch> batches, int end, long first) {
    EntryBatch before = holder(batches, end, first - 1);
    return before == null ? outline.termAt(first - 1) : before.termAt(first - 1);
  }

  private long timeBefore(List<EntryBatch> batches, int end, long first) throws StorageException {
    EntryBatch before = holder(batches, end, first - 1);
    if (before != null) {
      return before.timeAt(first - 1);
    }
    return timeAt(outline, reader, first - 1);
  }

  /**
   * The replicated time of an entry of the log: only in front of an overwrite it has to be read.
   */
  static long timeAt(LogOutline outline, LogReader reader, long index) throws StorageException {
    if (index == outline.last().index()) {
      return outline.lastTime();
    }
    return index == 0 ? 0 : reader.read(index, 1).lastTime();
  }

  /** The newest of the batches before that one that holds the index; {@code null} if none does. */
  private static @Nullable EntryBatch holder(List<EntryBatch> batches, int end, long index) {
    for (int i = end - 1; i >= 0; i--) {
      EntryBatch batch = batches.get(i);
      if (!batch.isEmpty() && index >= batch.firstIndex() && index <= batch.lastIndex()) {
        return batch;
      }
    }
    return null;
  }
}
