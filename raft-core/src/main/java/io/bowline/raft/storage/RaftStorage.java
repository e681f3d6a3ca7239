package io.bowline.raft.storage;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.StartPair;
import java.util.List;
import java.util.Map;

/**
 * One group's durable state, open. {@link #saveBallot}, {@link #append} and {@link #idle} are
 * called by the log stage, one at a time: the next only when the one before has completed. {@link
 * #read} may be called beside them from other threads. After a failed completion the storage is
 * poisoned: every later write fails (STORAGE D-e).
 */
public interface RaftStorage extends AutoCloseable {
  /** Who this directory belongs to, with this start, and how far its founding is now. */
  Identity identity();

  /**
   * Goes on in the founding (identity 2 to 4): a record in place of an earlier one, or that it is
   * complete. Durable on return; blocks, and may be called beside all other calls, as {@link
   * #remember} and {@link #fence} may.
   *
   * @throws StorageException if it is not durable now
   * @throws IllegalStateException if it is complete already: it never takes another record
   */
  void saveFounding(Founding next) throws StorageException;

  /** The newest start of each incarnation that was given to {@link #remember} (identity 11). */
  Map<Incarnation, StartPair> remembered();

  /**
   * Keeps the newest start of an incarnation that counts; at most 256 of them.
   *
   * @throws StorageException if it is not durable now
   */
  void remember(Incarnation of, StartPair pair) throws StorageException;

  /**
   * Writes down that this directory is a copy (identity 12): it takes no more writes, and is never
   * opened again by this incarnation.
   *
   * @param why for the operator, with who said so
   * @throws StorageException if it is not durable now
   */
  void fence(String why) throws StorageException;

  /** The ballot as recovered. */
  Ballot ballot();

  /** The log as recovered; all of it is durable (STORAGE D-h). */
  LogShape log();

  /** What recovery found, for the operator. */
  RecoveryReport report();

  /**
   * Makes term and vote durable, in both copies (STORAGE F5).
   *
   * @throws IllegalStateException before the founding is complete (O2)
   */
  void saveBallot(Ballot ballot, Completion done);

  /**
   * One group commit. Each batch follows the one before it, or overwrites from its first index on
   * (STORAGE F6); terms are never above the durable ballot's (O2).
   *
   * @param commitIndex the commit index now: a hint for the block header
   * @throws IllegalArgumentException if indexes leave a gap, or a term or a time falls
   * @throws IllegalStateException before the founding is complete (O2)
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
   * The log stage will close: an append that waits for room fails, and so does one that finds none
   * from now on. Otherwise a full disk would keep its directory locked until there is room.
   */
  void waitNoLonger();

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
