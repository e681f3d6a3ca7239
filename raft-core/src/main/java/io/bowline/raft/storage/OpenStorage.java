package io.bowline.raft.storage;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.StartPair;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A directory that is open: identity, peers, ballot and log, and the lock that keeps others out.
 */
final class OpenStorage implements RaftStorage {
  private final Closeable lock;
  private final DirectoryRecords records;
  private final BallotFile ballotFile;
  private final SegmentedLog log;
  private final Poison poison;
  private final Ballot ballot;
  private final LogShape shape;
  private final RecoveryReport report;
  private boolean closed;

  OpenStorage(
      Closeable lock,
      DirectoryRecords records,
      BallotFile ballotFile,
      SegmentedLog log,
      Poison poison,
      LogShape shape,
      RecoveryReport report) {
    this.lock = lock;
    this.records = records;
    this.ballotFile = ballotFile;
    this.log = log;
    this.poison = poison;
    this.ballot = ballotFile.ballot();
    this.shape = shape;
    this.report = report;
  }

  @Override
  public Identity identity() {
    return records.identity();
  }

  @Override
  public void saveFounding(Founding next) throws StorageException {
    records.saveFounding(next);
  }

  @Override
  public Map<Incarnation, StartPair> remembered() {
    return records.remembered();
  }

  @Override
  public void remember(Incarnation of, StartPair pair) throws StorageException {
    records.remember(of, pair);
  }

  @Override
  public void fence(String why) throws StorageException {
    records.fence(why);
  }

  @Override
  public Ballot ballot() {
    return ballot;
  }

  @Override
  public LogShape log() {
    return shape;
  }

  @Override
  public RecoveryReport report() {
    return report;
  }

  @Override
  public void saveBallot(Ballot next, Completion done) {
    identity().requireFounded();
    if (poison.refuses(done)) {
      return;
    }
    ballotFile.save(
        next, log.hints(), failure -> done.completed(failure == null ? null : poison.by(failure)));
  }

  @Override
  public void append(List<EntryBatch> batches, long commitIndex, Completion done) {
    identity().requireFounded();
    long term = batches.isEmpty() ? 0 : batches.get(batches.size() - 1).last().term();
    if (term > ballotFile.ballot().term()) {
      throw new IllegalArgumentException(
          "an entry of term "
              + term
              + " before the ballot of that term is durable (STORAGE O2): the ballot's is "
              + ballotFile.ballot().term());
    }
    log.append(batches, commitIndex, done);
  }

  @Override
  public void idle(Completion done) {
    log.idle(done);
  }

  @Override
  public void onRoom(RoomListener listener) {
    log.room().listen(listener);
  }

  @Override
  public void seekRoom() {
    log.seekRoom();
  }

  @Override
  public void waitNoLonger() {
    log.waitNoLonger();
  }

  @Override
  public EntryBatch read(long firstIndex, long maxBytes) throws StorageException {
    return log.read(firstIndex, maxBytes);
  }

  @Override
  @SuppressWarnings("try") // what is opened there is only to be closed
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    records.close();
    try (lock;
        ballotFile;
        Closeable logFiles = log::close) { // closed whatever becomes of the hints
      if (!poison.isSet()) {
        ballotFile.saveNow(ballotFile.ballot(), log.hints()); // F5: hints at a clean close
      }
    } catch (IOException e) {
      // Nothing that was acknowledged depends on this: the next start recovers as after a crash.
      poison.by(e);
    }
  }
}
