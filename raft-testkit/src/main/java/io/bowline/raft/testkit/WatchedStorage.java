package io.bowline.raft.testkit;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.StartPair;
import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.Identity;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.RecoveryReport;
import io.bowline.raft.storage.RoomListener;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.storage.StorageProvider;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** The segmented storage as it ships, and beside it who looks on at what it is asked for. */
final class WatchedStorage implements RaftStorage {
  private final RaftStorage storage;
  private final StorageChecks checks;

  private WatchedStorage(RaftStorage storage, StorageChecks checks) {
    this.storage = storage;
    this.checks = checks;
  }

  /** The same of a place that is not open yet. */
  static StorageProvider provider(StorageProvider place, StorageChecks checks) {
    return new StorageProvider() {
      @Override
      public boolean exists() throws StorageException {
        return place.exists();
      }

      @Override
      public RaftStorage bootstrap(
          ClusterId cluster, GroupId group, NodeId node, Membership initial, RandomGenerator random)
          throws StorageException {
        return opened(place.bootstrap(cluster, group, node, initial, random));
      }

      @Override
      public RaftStorage resume(
          ClusterId cluster, GroupId group, NodeId node, RandomGenerator random)
          throws StorageException {
        return opened(place.resume(cluster, group, node, random));
      }

      private RaftStorage opened(RaftStorage storage) {
        checks.opened(storage);
        return new WatchedStorage(storage, checks);
      }
    };
  }

  @Override
  public Identity identity() {
    return storage.identity();
  }

  @Override
  public void saveFounding(Founding next) throws StorageException {
    checks.aside(() -> storage.saveFounding(next));
    checks.founded(next);
  }

  @Override
  public Map<Incarnation, StartPair> remembered() {
    return storage.remembered();
  }

  @Override
  public void remember(Incarnation of, StartPair pair) throws StorageException {
    checks.aside(() -> storage.remember(of, pair));
    checks.remembers(of, pair);
  }

  @Override
  public void fence(String why) throws StorageException {
    checks.aside(() -> storage.fence(why));
    checks.fenced();
  }

  @Override
  public Ballot ballot() {
    return storage.ballot();
  }

  @Override
  public LogShape log() {
    return storage.log();
  }

  @Override
  public RecoveryReport report() {
    return storage.report();
  }

  @Override
  public void saveBallot(Ballot ballot, Completion done) {
    storage.saveBallot(ballot, checks.savesBallot(ballot, done));
  }

  @Override
  public void append(List<EntryBatch> batches, long commitIndex, Completion done) {
    storage.append(batches, commitIndex, checks.appends(batches, commitIndex, done));
  }

  @Override
  public void idle(Completion done) {
    storage.idle(checks.syncs(done));
  }

  @Override
  public void onRoom(RoomListener listener) {
    storage.onRoom(listener);
  }

  @Override
  public void seekRoom() {
    storage.seekRoom();
  }

  @Override
  public void waitNoLonger() {
    storage.waitNoLonger();
  }

  @Override
  public EntryBatch read(long firstIndex, long maxBytes) throws StorageException {
    return storage.read(firstIndex, maxBytes);
  }

  @Override
  public void close() {
    checks.closes();
    storage.close();
  }
}
