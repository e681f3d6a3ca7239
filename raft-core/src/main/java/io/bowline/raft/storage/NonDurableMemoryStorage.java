package io.bowline.raft.storage;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * For tests: a storage that says "durable" of what is in memory only. It survives {@code close} and
 * {@code resume} on the same object, and nothing else.
 */
public final class NonDurableMemoryStorage implements StorageProvider {
  private final List<EntryBatch> batches = new ArrayList<>();
  private @Nullable Identity identity;
  private Ballot ballot = Ballot.NONE;
  private boolean open;

  /** An empty one. */
  public NonDurableMemoryStorage() {}

  @Override
  public synchronized boolean exists() {
    return identity != null;
  }

  @Override
  public synchronized RaftStorage bootstrap(
      ClusterId cluster, GroupId group, NodeId node, Membership initial, RandomGenerator random)
      throws StorageException {
    if (identity != null) {
      throw new StorageException("there is a storage of " + identity.node() + " already: resume");
    }
    Incarnation incarnation = Incarnation.draw(random);
    return start(new Identity(cluster, group, node, incarnation, List.of(), initial, 1));
  }

  @Override
  public synchronized RaftStorage resume(
      ClusterId cluster, GroupId group, NodeId node, RandomGenerator random)
      throws StorageException {
    if (identity == null) {
      throw new StorageException("there is no storage yet: bootstrap");
    }
    IdentityFile.requireOwner("this memory", identity, cluster, group, node);
    if (open) {
      throw new StorageException("this memory is held by node " + node + " of this process");
    }
    return start(identity.nextStart());
  }

  private RaftStorage start(Identity owner) {
    identity = owner;
    open = true;
    return new Opened(owner, ballot, shape());
  }

  private LogShape shape() {
    LogOutline outline = new LogOutline();
    for (EntryBatch batch : batches) {
      outline.append(batch);
    }
    return outline.shape();
  }

  private final class Opened implements RaftStorage {
    private final Identity owner;
    private final Ballot recovered;
    private final LogShape log;

    Opened(Identity owner, Ballot recovered, LogShape log) {
      this.owner = owner;
      this.recovered = recovered;
      this.log = log;
    }

    @Override
    public Identity identity() {
      return owner;
    }

    @Override
    public Ballot ballot() {
      return recovered;
    }

    @Override
    public LogShape log() {
      return log;
    }

    @Override
    public RecoveryReport report() {
      return RecoveryReport.FRESH;
    }

    @Override
    public void saveBallot(Ballot next, Completion done) {
      synchronized (NonDurableMemoryStorage.this) {
        ballot = next;
      }
      done.completed(null);
    }

    @Override
    public void append(List<EntryBatch> more, long commitIndex, Completion done) {
      synchronized (NonDurableMemoryStorage.this) {
        for (EntryBatch batch : more) {
          dropFrom(batch.firstIndex());
          batches.add(batch);
        }
      }
      done.completed(null);
    }

    private void dropFrom(long index) {
      int i = batches.size() - 1;
      while (i >= 0 && batches.get(i).firstIndex() >= index) {
        batches.remove(i--);
      }
      if (i >= 0 && batches.get(i).lastIndex() >= index) {
        EntryBatch cut = batches.get(i);
        batches.set(i, cut.range(cut.firstIndex(), index - 1));
      }
    }

    @Override
    public void idle(Completion done) {
      done.completed(null);
    }

    @Override
    public void onRoom(RoomListener listener) {}

    @Override
    public void seekRoom() {}

    @Override
    public EntryBatch read(long firstIndex, long maxBytes) {
      synchronized (NonDurableMemoryStorage.this) {
        int low = 0;
        int high = batches.size();
        while (low < high) {
          int middle = (low + high) >>> 1;
          if (batches.get(middle).lastIndex() < firstIndex) {
            low = middle + 1;
          } else {
            high = middle;
          }
        }
        List<EntryBatch> wanted = new ArrayList<>();
        long bytes = 0;
        for (int i = low; i < batches.size() && bytes < maxBytes && wanted.size() < 64; i++) {
          wanted.add(batches.get(i));
          bytes += batches.get(i).byteLength();
        }
        return wanted.isEmpty()
            ? EntryBatch.EMPTY
            : EntryBatch.join(wanted).cut(firstIndex, maxBytes);
      }
    }

    @Override
    public void close() {
      synchronized (NonDurableMemoryStorage.this) {
        open = false;
      }
    }
  }
}
