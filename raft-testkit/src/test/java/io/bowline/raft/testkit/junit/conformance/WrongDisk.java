package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.TermRun;
import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.DiskFile;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.RoomListener;
import io.bowline.raft.storage.SegmentedStorage;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.storage.StorageOptions;
import io.bowline.raft.storage.StorageProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** The storage that ships, over a disk or behind an interface that bends one thing. */
final class WrongDisk {
  private static final Path DIRECTORY = Path.of("/data/kit");

  static final List<WrongStorage> ALL =
      List.of(
          WrongStorage.of(
              "acknowledges before it writes",
              () -> StorageMedium.onDisk(disk -> behind(disk, AcknowledgesEarly::new)),
              "aDeathAtAnyChangeOfTheDiskLosesNothingThatWasCompleted",
              "whatAStartHasFoundOutlivesAPowerCut", // and all others that kill it in an append
              "aTornWriteIsNeverHalfAnEntry",
              "afterAFailedWriteOrForceNothingIsCompletedAnyMore",
              "aDeathInRecoveryIsRecoveredFrom",
              "aRecoveryThatCannotWriteDoesNotServe",
              "aFullDiskIsToldAndIsNoFailedWrite"),
          WrongStorage.of(
              "takes half an entry for a whole one",
              WrongDisk::torn,
              "aTornWriteIsNeverHalfAnEntry",
              "aDeathInRecoveryIsRecoveredFrom"),
          WrongStorage.of(
              "forces again what failed",
              () -> StorageMedium.onDisk(disk -> shipped(new ForcesAgain(disk))),
              "afterAFailedWriteOrForceNothingIsCompletedAnyMore",
              "aRecoveryThatCannotWriteDoesNotServe"),
          WrongStorage.of(
              "does not start where a start was cut",
              () -> StorageMedium.onDisk(StartsOnce::new),
              "aDeathInRecoveryIsRecoveredFrom"),
          WrongStorage.of(
              "starts although it cannot write",
              () -> StorageMedium.onDisk(StartsAnyway::new),
              "aRecoveryThatCannotWriteDoesNotServe"),
          WrongStorage.of(
              "takes a bootstrap that was cut for a storage",
              () -> StorageMedium.onDisk(HalfABootstrap::new),
              "aBootstrapThatIsCutLeavesAPlaceThatOpens"),
          WrongStorage.of(
              "tells nobody that the disk is full",
              () -> StorageMedium.onDisk(disk -> behind(disk, TellsNobody::new)),
              "aFullDiskIsToldAndIsNoFailedWrite"));

  private WrongDisk() {}

  private static StorageProvider shipped(Disk disk) {
    StorageOptions options = StorageOptions.defaults().withSegmentBytes(64 << 10);
    return new SegmentedStorage(disk, DIRECTORY, options, Runnable::run);
  }

  /** How a storage that was opened is bent. */
  private interface Bending {
    RaftStorage bend(RaftStorage storage);
  }

  private static StorageProvider behind(Disk disk, Bending bending) {
    return new ForwardingStorage.Provider(shipped(disk)) {
      @Override
      RaftStorage opened(RaftStorage storage) {
        return bending.bend(storage);
      }
    };
  }

  private static final class AcknowledgesEarly extends ForwardingStorage {
    AcknowledgesEarly(RaftStorage storage) {
      super(storage);
    }

    @Override
    public void append(List<EntryBatch> batches, long commitIndex, Completion done) {
      List<IOException> failures = new ArrayList<>();
      done.completed(null);
      super.append(batches, commitIndex, failures::add);
    }
  }

  private static final class TellsNobody extends ForwardingStorage {
    TellsNobody(RaftStorage storage) {
      super(storage);
    }

    @Override
    public void onRoom(RoomListener listener) {
      super.onRoom(lack -> {});
    }
  }

  /** What a storage without checksums would show: the entry that was cut, with half its bytes. */
  private static StorageMedium torn() {
    List<EntryBatch> underWay = new ArrayList<>();
    return StorageMedium.onDisk(disk -> behind(disk, storage -> new HalfEntry(storage, underWay)));
  }

  private static final class HalfEntry extends ForwardingStorage {
    private final List<EntryBatch> underWay;
    private final EntryBatch half;

    HalfEntry(RaftStorage storage, List<EntryBatch> underWay) {
      super(storage);
      this.underWay = underWay;
      this.half = half();
      underWay.clear();
    }

    private EntryBatch half() {
      EntryId last = super.log().last();
      if (super.report().tornBytes() == 0
          || underWay.isEmpty()
          || underWay.get(0).firstIndex() != last.index() + 1) {
        return EntryBatch.EMPTY;
      }
      EntryBatch cut = underWay.get(0);
      byte[] some = Entries.payload(cut.firstIndex(), cut.last().term(), 7);
      EntryBatch found = Entries.one(cut.firstIndex(), cut.last().term(), EntryType.COMMAND, some);
      super.append(List.of(found), 0, failure -> {});
      return found;
    }

    @Override
    public LogShape log() {
      LogShape whole = super.log();
      if (half.isEmpty()) {
        return whole;
      }
      List<TermRun> runs = new ArrayList<>(whole.runs());
      runs.addAll(half.termRuns());
      return new LogShape(whole.before(), runs, whole.memberships(), half.lastTime());
    }

    @Override
    public void append(List<EntryBatch> batches, long commitIndex, Completion done) {
      underWay.clear();
      underWay.addAll(batches);
      super.append(
          batches,
          commitIndex,
          failure -> {
            underWay.clear();
            done.completed(failure);
          });
    }
  }

  /** The second force writes nothing, for the pages count as clean, and says that all is well. */
  private static final class ForcesAgain extends BentForces {
    ForcesAgain(Disk disk) {
      super(disk);
    }

    @Override
    void force(DiskFile file) throws IOException {
      try {
        super.force(file);
      } catch (IOException e) {
        super.force(file);
      }
    }
  }

  private static final class StartsOnce extends ForwardingStorage.Provider {
    private static final Path MARK = DIRECTORY.resolve("starting");
    private final Disk disk;

    StartsOnce(Disk disk) {
      super(shipped(disk));
      this.disk = disk;
    }

    @Override
    public RaftStorage resume(ClusterId cluster, GroupId group, NodeId node, RandomGenerator random)
        throws StorageException {
      try {
        if (disk.exists(MARK)) {
          throw new StorageException("an earlier start has not ended");
        }
        disk.create(MARK).close();
        try {
          return super.resume(cluster, group, node, random);
        } finally {
          disk.delete(MARK);
          disk.syncDirectory(DIRECTORY);
        }
      } catch (StorageException e) {
        throw e;
      } catch (IOException e) {
        throw new StorageException("cannot start", e);
      }
    }
  }

  private static final class StartsAnyway extends ForwardingStorage.Provider {
    private final Lenient disk;

    StartsAnyway(Disk disk) {
      this(new Lenient(disk));
    }

    private StartsAnyway(Lenient disk) {
      super(shipped(disk));
      this.disk = disk;
    }

    @Override
    public RaftStorage resume(ClusterId cluster, GroupId group, NodeId node, RandomGenerator random)
        throws StorageException {
      disk.starting = true;
      try {
        return super.resume(cluster, group, node, random);
      } finally {
        disk.starting = false;
      }
    }

    private static final class Lenient extends BentForces {
      private boolean starting;

      Lenient(Disk disk) {
        super(disk);
      }

      @Override
      void force(DiskFile file) throws IOException {
        try {
          super.force(file);
        } catch (IOException e) {
          if (!starting) {
            throw e;
          }
        }
      }
    }
  }

  private static final class HalfABootstrap extends ForwardingStorage.Provider {
    private final Disk disk;

    HalfABootstrap(Disk disk) {
      super(shipped(disk));
      this.disk = disk;
    }

    @Override
    public boolean exists() throws StorageException {
      try {
        return disk.exists(DIRECTORY);
      } catch (IOException e) {
        throw new StorageException("cannot look", e);
      }
    }
  }
}
