package io.bowline.raft.testkit.junit.conformance;

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

/** Another storage, as it is; who extends this bends one call. */
class ForwardingStorage implements RaftStorage {
  final RaftStorage storage;

  ForwardingStorage(RaftStorage storage) {
    this.storage = storage;
  }

  /** Another place, as it is but for what is opened there. */
  static class Provider implements StorageProvider {
    final StorageProvider place;

    Provider(StorageProvider place) {
      this.place = place;
    }

    RaftStorage opened(RaftStorage storage) {
      return storage;
    }

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
    public RaftStorage resume(ClusterId cluster, GroupId group, NodeId node, RandomGenerator random)
        throws StorageException {
      return opened(place.resume(cluster, group, node, random));
    }
  }

  @Override
  public Identity identity() {
    return storage.identity();
  }

  @Override
  public void saveFounding(Founding next) throws StorageException {
    storage.saveFounding(next);
  }

  @Override
  public Map<Incarnation, StartPair> remembered() {
    return storage.remembered();
  }

  @Override
  public void remember(Incarnation of, StartPair pair) throws StorageException {
    storage.remember(of, pair);
  }

  @Override
  public void fence(String why) throws StorageException {
    storage.fence(why);
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
    storage.saveBallot(ballot, done);
  }

  @Override
  public void append(List<EntryBatch> batches, long commitIndex, Completion done) {
    storage.append(batches, commitIndex, done);
  }

  @Override
  public void idle(Completion done) {
    storage.idle(done);
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
    storage.close();
  }
}
