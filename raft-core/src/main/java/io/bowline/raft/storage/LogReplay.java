package io.bowline.raft.storage;

import io.bowline.raft.model.EntryId;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Replays blocks in physical order (STORAGE F6), each when evidence has proven it durable: what is
 * not proven may only be in the page cache and is copied first (D-h).
 */
final class LogReplay {
  private final LogOutline outline = new LogOutline();
  private final LogIndex index = new LogIndex();
  private final LogReader reader;
  private final Deque<Found> pending = new ArrayDeque<>();
  private @Nullable ScannedBlock applied;
  private @Nullable Segment appliedIn;

  /**
   * Of an empty log.
   *
   * @param files for what stands before an overwrite
   */
  LogReplay(OpenSegments files) {
    reader = new LogReader(index, files);
  }

  /** An intact block and where it was found. */
  record Found(Segment segment, ScannedBlock block) {}

  LogOutline outline() {
    return outline;
  }

  LogIndex index() {
    return index;
  }

  /** The next intact block; what it says was durable is proven by it. */
  void add(Segment segment, ScannedBlock block) throws StorageException {
    prove(block.block().durableBlock());
    pending.add(new Found(segment, block));
  }

  /** All blocks up to that number are durable. */
  void prove(long number) throws StorageException {
    while (!pending.isEmpty() && pending.getFirst().block().number() <= number) {
      apply(pending.removeFirst());
    }
  }

  private void apply(Found found) throws StorageException {
    ScannedBlock scanned = found.block();
    Block block = scanned.block();
    requireFit(found.segment(), block);
    if (block.count() > 0) {
      requireTime(found.segment(), scanned);
      outline.append(scanned.runs(), scanned.memberships(), scanned.lastTime());
    }
    index.add(found.segment(), block, scanned::walk);
    applied = scanned;
    appliedIn = found.segment();
  }

  private void requireFit(Segment segment, Block block) throws StorageException {
    EntryId last = outline.last();
    boolean overwrites = block.kind() == Block.Kind.OVERWRITE;
    boolean fits =
        block.kind() != Block.Kind.FILL
            && block.first() >= 1
            && overwrites == (block.first() <= last.index())
            && block.first() <= last.index() + 1
            && outline.termAt(block.previous().index()) == block.previous().term();
    if (!fits) {
      throw new StorageException(
          segment.path()
              + ": block "
              + block.number()
              + " ("
              + block.kind()
              + ") at byte "
              + block.offset()
              + " follows "
              + block.previous()
              + ", but the log ends at "
              + last
              + ". "
              + StorageException.WAYS_OUT);
    }
  }

  /** What falls behind in time was never written by this library, and could not be read again. */
  private void requireTime(Segment segment, ScannedBlock scanned) throws StorageException {
    Block block = scanned.block();
    long before = AppendRules.timeAt(outline, reader, block.previous().index());
    if (scanned.firstTime() < before) {
      throw new StorageException(
          segment.path()
              + ": block "
              + block.number()
              + " at byte "
              + block.offset()
              + " begins at time "
              + scanned.firstTime()
              + ", but the entry before it is of "
              + before
              + ". "
              + StorageException.WAYS_OUT);
    }
  }

  /** Blocks that a footer leaves out: they were copied into the segment behind it. */
  void dropPending() {
    pending.clear();
  }

  /** Intact blocks that nothing proves. */
  Deque<Found> pending() {
    return pending;
  }

  /** The last block that counts; {@code null} before the first. */
  @Nullable ScannedBlock applied() {
    return applied;
  }

  /** Whether that segment holds a block that counts. */
  boolean isIn(@Nullable Segment segment) {
    return appliedIn != null && appliedIn == segment;
  }

  /** The number of the last block that counts; 0 before the first. */
  long appliedNumber() {
    return applied == null ? 0 : applied.number();
  }

  /** The number of the last intact block, proven or not: V. */
  long lastNumber() {
    return pending.isEmpty() ? appliedNumber() : pending.getLast().block().number();
  }
}
