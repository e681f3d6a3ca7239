package io.bowline.raft.storage;

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * For tests: a storage that says "durable" of what is in memory only. It survives {@code close} and
 * {@code resume} on the same object, and nothing else.
 */
public final class NonDurableMemoryStorage implements StorageProvider {
  private final List<EntryBatch> batches = new ArrayList<>();
  private final Map<Incarnation, StartPair> peers = new LinkedHashMap<>();
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
      ClusterId cluster, GroupId group, NodeId node, Membership list, RandomGenerator random)
      throws StorageException {
    if (identity != null) {
      throw new StorageException("there is a storage of " + identity.node() + " already: resume");
    }
    Incarnation incarnation = Incarnation.draw(random);
    return start(Identity.fresh(cluster, group, node, incarnation, list, random.nextLong()));
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
    IdentityFile.requireNotFenced("this memory", identity);
    return start(identity.nextStart(random.nextLong()));
  }

  private RaftStorage start(Identity owner) {
    identity = owner;
    open = true;
    return new Opened(ballot, shape());
  }

  private LogShape shape() {
    LogOutline outline = new LogOutline();
    for (EntryBatch batch : batches) {
      outline.append(batch);
    }
    return outline.shape();
  }

  private final class Opened implements RaftStorage {
    private final Ballot recovered;
    private final LogShape log;

    Opened(Ballot recovered, LogShape log) {
      this.recovered = recovered;
      this.log = log;
    }

    @Override
    public Identity identity() {
      synchronized (NonDurableMemoryStorage.this) {
        return Objects.requireNonNull(identity);
      }
    }

    @Override
    public void saveFounding(Founding next) {
      synchronized (NonDurableMemoryStorage.this) {
        identity = identity().movedTo(next);
      }
    }

    @Override
    public Map<Incarnation, StartPair> remembered() {
      synchronized (NonDurableMemoryStorage.this) {
        return Map.copyOf(peers);
      }
    }

    @Override
    public void remember(Incarnation of, StartPair pair) {
      synchronized (NonDurableMemoryStorage.this) {
        PeersFile.requireRoom(peers, of, pair);
        peers.put(of, pair);
      }
    }

    @Override
    public void fence(String why) {
      synchronized (NonDurableMemoryStorage.this) {
        identity = identity().fencedBecause(why);
      }
    }

    /** What says why nothing more is written; {@code null} if it is. */
    private @Nullable StorageException refusal() {
      Identity now = identity();
      now.requireFounded();
      return now.fence() == null ? null : new StorageException("fenced: " + now.fence());
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
      StorageException refusal = refusal();
      if (refusal == null) {
        synchronized (NonDurableMemoryStorage.this) {
          ballot = next;
        }
      }
      done.completed(refusal);
    }

    @Override
    public void append(List<EntryBatch> more, long commitIndex, Completion done) {
      StorageException refusal = refusal();
      if (refusal == null) {
        synchronized (NonDurableMemoryStorage.this) {
          for (EntryBatch batch : more) {
            dropFrom(batch.firstIndex());
            batches.add(batch);
          }
        }
      }
      done.completed(refusal);
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
    public void waitNoLonger() {}

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
