package io.bowline.raft.storage;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.LogShape;
import java.util.List;

/**
 * One group's durable state, open. {@link #saveBallot}, {@link #append} and {@link #idle} are
 * called by the log stage, one at a time: the next only when the one before has completed. {@link
 * #read} may be called beside them from other threads. After a failed completion the storage is
 * poisoned: every later write fails (STORAGE D-e).
 */
public interface RaftStorage extends AutoCloseable {
  /** Who this directory belongs to, with the start counter of this start. */
  Identity identity();

  /** The ballot as recovered. */
  Ballot ballot();

  /** The log as recovered; all of it is durable (STORAGE D-h). */
  LogShape log();

  /** What recovery found, for the operator. */
  RecoveryReport report();

  /** Makes term and vote durable, in both copies (STORAGE F5). */
  void saveBallot(Ballot ballot, Completion done);

  /**
   * One group commit. Each batch follows the one before it, or overwrites from its first index on
   * (STORAGE F6); terms are never above the durable ballot's (O2).
   *
   * @param commitIndex the commit index now: a hint for the block header
   */
  void append(List<EntryBatch> batches, long commitIndex, Completion done);

  /** The group fell idle: time for the small sync block of STORAGE D-c. */
  void idle(Completion done);

  /**
   * Who is told when room for more entries cannot be prepared: no failed write (STORAGE D-e), the
   * node refuses proposals and hands leadership over until there is room again. Set before the
   * first write.
   */
  void onRoom(RoomListener listener);

  /**
   * Tries again to prepare room: for the log stage to call now and then while there is none, also
   * while an append has not completed, for one that found no room waits for this call.
   */
  void seekRoom();

  /**
   * Entries from {@code firstIndex} on, at most {@code maxBytes} of frames but at least one entry;
   * empty if the log ends before. May miss entries whose append has not completed.
   *
   * @throws StorageException if they cannot be read intact
   */
  EntryBatch read(long firstIndex, long maxBytes) throws StorageException;

  /** Ends a healthy storage: writes the hints of F5, closes the files, releases the lock. */
  @Override
  void close();
}
