package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.StartPair;
import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.Identity;
import io.bowline.raft.storage.NonDurableMemoryStorage;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.Starts;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.storage.StorageProvider;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Storages in memory that break one promise of a call, in a life without deaths. */
final class WrongMemory {
  private static final String LONG_LIFE = "aLongLifeEqualsTheModel";

  static final List<WrongStorage> ALL =
      List.of(
          WrongStorage.of(
              "says that it exists before it does",
              ExistsTooEarly::new,
              "aNewStorageIsEmptyAndThereIsNoneBeforeIt"),
          WrongStorage.of(
              "makes a storage where a resume finds none",
              ResumesNothing::new,
              "whatDoesNotExistIsNotResumed"),
          WrongStorage.of(
              "bootstraps over what is there",
              BootstrapsTwice::new,
              "aSecondBootstrapIsRefusedAndHarmsNothing"),
          WrongStorage.of(
              "opens for anybody", OpensForAnybody::new, "anotherClusterGroupOrNodeIsRefused"),
          WrongStorage.of("knows no lock", NoLock::new, "whatIsOpenIsNotOpenedTwice"),
          WrongStorage.of(
              "counts no starts",
              CountsNoStarts::new,
              "theIncarnationStaysAndTheStartCounterGrows",
              "eachStartHasANonceThatOnlyItsDirectoryHolds"),
          WrongStorage.of(
              "takes a vote before its group is founded",
              VotesTooEarly::new,
              "nothingIsWrittenBeforeTheFoundingIsComplete"),
          WrongStorage.of(
              "takes another record when it is complete", TakesAnother::new, "theFoundingIsKept"),
          WrongStorage.of(
              "forgets the starts of others", ForgetsStarts::new, "theStartsOfOthersAreRemembered"),
          WrongStorage.of(
              "draws the same nonce at each start",
              SameNonce::new,
              "eachStartHasANonceThatOnlyItsDirectoryHolds"),
          WrongStorage.of(
              "opens what is fenced",
              OpensTheFenced::new,
              "whatIsFencedTakesNothingAndIsNotOpenedAgain"),
          WrongStorage.of("cuts large payloads", CutsPayloads::new, "entriesAreReadByteForByte"),
          WrongStorage.of(
              "reads twice the bytes that it was asked for",
              ReadsTooMuch::new,
              "aReadGivesOneEntryAtLeastAndNoMoreBytesThanAsked"),
          WrongStorage.of(
              "keeps what stood behind an overwrite",
              () -> new KeepsTheOldEnd(1),
              "anOverwriteDropsWhatStoodBehindIt",
              "whatWasOverwrittenNeverComesBack",
              LONG_LIFE),
          WrongStorage.of(
              "keeps it at the sixth overwrite only", () -> new KeepsTheOldEnd(6), LONG_LIFE),
          WrongStorage.of("completes twice", CompletesTwice::new, "eachWriteIsCompletedOnce"),
          WrongStorage.of(
              "tells of no memberships", ForgetsMemberships::new, "theShapeOfTheLogIsTold"),
          WrongStorage.of("keeps terms in 32 bits", ShortTerms::new, "termAndVoteAreKept"),
          WrongStorage.of(
              "changes the last entry at the fourth start",
              ChangesAtStart::new,
              "startingAgainAndAgainFindsTheSame"),
          WrongStorage.of(
              "cannot read while it writes", ReadsOrWrites::new, "readsMayRunBesideWrites"));

  private WrongMemory() {}

  /** A provider of the memory with one call bent. */
  private static class Bent extends ForwardingStorage.Provider {
    Bent(StorageProvider place) {
      super(place);
    }
  }

  private static final class ExistsTooEarly extends MemoryMedium {
    @Override
    public StorageProvider process() {
      return new Bent(super.process()) {
        @Override
        public boolean exists() {
          return true;
        }
      };
    }
  }

  private static final class ResumesNothing extends MemoryMedium {
    @Override
    public StorageProvider process() {
      return new Bent(super.process()) {
        @Override
        public RaftStorage resume(
            ClusterId cluster, GroupId group, NodeId node, RandomGenerator random)
            throws StorageException {
          return place.exists()
              ? super.resume(cluster, group, node, random)
              : bootstrap(cluster, group, node, Place.INITIAL, random);
        }
      };
    }
  }

  private static final class BootstrapsTwice extends MemoryMedium {
    @Override
    public StorageProvider process() {
      return new Bent(super.process()) {
        @Override
        public RaftStorage bootstrap(
            ClusterId cluster,
            GroupId group,
            NodeId node,
            Membership initial,
            RandomGenerator random)
            throws StorageException {
          if (place.exists()) {
            memory = new NonDurableMemoryStorage();
            return memory.bootstrap(cluster, group, node, initial, random);
          }
          return super.bootstrap(cluster, group, node, initial, random);
        }
      };
    }
  }

  private static final class OpensForAnybody extends MemoryMedium {
    @Override
    public StorageProvider process() {
      return new Bent(super.process()) {
        @Override
        public RaftStorage resume(
            ClusterId cluster, GroupId group, NodeId node, RandomGenerator random)
            throws StorageException {
          return super.resume(Place.CLUSTER, Place.GROUP, Place.NODE, random);
        }
      };
    }
  }

  private static final class NoLock extends MemoryMedium {
    @Override
    public StorageProvider process() {
      return new Bent(super.process()) {
        @Override
        public RaftStorage resume(
            ClusterId cluster, GroupId group, NodeId node, RandomGenerator random)
            throws StorageException {
          release();
          return super.resume(cluster, group, node, random);
        }
      };
    }
  }

  private static final class CountsNoStarts extends MemoryMedium {
    @Override
    RaftStorage opened(RaftStorage storage) {
      return new ForwardingStorage(storage) {
        @Override
        public Identity identity() {
          Identity now = super.identity();
          return new Identity(
              now.cluster(),
              now.group(),
              now.node(),
              now.incarnation(),
              now.before(),
              now.list(),
              now.founding(),
              new Starts(1, List.of(now.current().nonce())),
              now.fence());
        }
      };
    }
  }

  private static final class VotesTooEarly extends MemoryMedium {
    @Override
    RaftStorage opened(RaftStorage storage) {
      return new ForwardingStorage(storage) {
        @Override
        public void saveBallot(Ballot ballot, Completion done) {
          if (identity().founding().isComplete()) {
            super.saveBallot(ballot, done);
          } else {
            done.completed(null);
          }
        }
      };
    }
  }

  private static final class TakesAnother extends MemoryMedium {
    @Override
    RaftStorage opened(RaftStorage storage) {
      return new ForwardingStorage(storage) {
        @Override
        public void saveFounding(Founding next) throws StorageException {
          if (!identity().founding().isComplete()) {
            super.saveFounding(next);
          }
        }
      };
    }
  }

  private static final class ForgetsStarts extends MemoryMedium {
    @Override
    RaftStorage opened(RaftStorage storage) {
      return new ForwardingStorage(storage) {
        @Override
        public Map<Incarnation, StartPair> remembered() {
          return Map.of();
        }
      };
    }
  }

  private static final class SameNonce extends MemoryMedium {
    @Override
    RaftStorage opened(RaftStorage storage) {
      return new ForwardingStorage(storage) {
        @Override
        public Identity identity() {
          Identity now = super.identity();
          int starts = (int) now.startCounter();
          return new Identity(
              now.cluster(),
              now.group(),
              now.node(),
              now.incarnation(),
              now.before(),
              now.list(),
              now.founding(),
              new Starts(starts, Collections.nCopies(starts, 7L)),
              now.fence());
        }
      };
    }
  }

  private static final class OpensTheFenced extends MemoryMedium {
    @Override
    RaftStorage opened(RaftStorage storage) {
      return new ForwardingStorage(storage) {
        @Override
        public void fence(String why) {}
      };
    }
  }

  private static final class CutsPayloads extends MemoryMedium {
    @Override
    RaftStorage opened(RaftStorage storage) {
      return new ForwardingStorage(storage) {
        @Override
        public EntryBatch read(long firstIndex, long maxBytes) throws StorageException {
          EntryBatch whole = super.read(firstIndex, maxBytes);
          return whole.count() == 1 && whole.byteLength() > 100_000
              ? Entries.one(firstIndex, whole.last().term(), EntryType.COMMAND, new byte[65_536])
              : whole;
        }
      };
    }
  }

  private static final class ReadsTooMuch extends MemoryMedium {
    @Override
    RaftStorage opened(RaftStorage storage) {
      return new ForwardingStorage(storage) {
        @Override
        public EntryBatch read(long firstIndex, long maxBytes) throws StorageException {
          return super.read(firstIndex, maxBytes * 2);
        }
      };
    }
  }

  private static final class KeepsTheOldEnd extends MemoryMedium {
    private int left;

    KeepsTheOldEnd(int overwrite) {
      left = overwrite;
    }

    @Override
    RaftStorage opened(RaftStorage storage) {
      return new ForwardingStorage(storage) {
        @Override
        public void append(List<EntryBatch> batches, long commitIndex, Completion done) {
          EntryBatch first = batches.get(0);
          EntryBatch behind = EntryBatch.EMPTY;
          try {
            if (!super.read(first.firstIndex(), 1).isEmpty() && --left == 0) {
              behind = super.read(first.lastIndex() + 1, 1 << 20);
              left = 1;
            }
          } catch (StorageException e) {
            done.completed(e);
            return;
          }
          super.append(batches, commitIndex, done);
          long last = batches.get(batches.size() - 1).lastIndex();
          if (!behind.isEmpty() && behind.lastIndex() > last) {
            super.append(
                List.of(behind.range(last + 1, behind.lastIndex())), commitIndex, failure -> {});
          }
        }
      };
    }
  }

  private static final class CompletesTwice extends MemoryMedium {
    @Override
    RaftStorage opened(RaftStorage storage) {
      return new ForwardingStorage(storage) {
        @Override
        public void idle(Completion done) {
          super.idle(done);
          done.completed(null);
        }
      };
    }
  }

  private static final class ForgetsMemberships extends MemoryMedium {
    @Override
    RaftStorage opened(RaftStorage storage) {
      return new ForwardingStorage(storage) {
        @Override
        public LogShape log() {
          LogShape all = super.log();
          return new LogShape(all.before(), all.runs(), List.of(), all.lastTime());
        }
      };
    }
  }

  private static final class ShortTerms extends MemoryMedium {
    @Override
    RaftStorage opened(RaftStorage storage) {
      return new ForwardingStorage(storage) {
        @Override
        public void saveBallot(Ballot ballot, Completion done) {
          super.saveBallot(new Ballot((int) ballot.term(), ballot.votedFor()), done);
        }
      };
    }
  }

  private static final class ChangesAtStart extends MemoryMedium {
    private int idleStarts;

    @Override
    RaftStorage opened(RaftStorage storage) {
      long last = storage.log().last().index();
      if (last > 0 && ++idleStarts == 4) {
        EntryBatch other =
            Entries.one(last, storage.log().last().term(), EntryType.NO_OP, new byte[0]);
        storage.append(List.of(other), 0, failure -> {});
      }
      return new ForwardingStorage(storage) {
        @Override
        public void append(List<EntryBatch> batches, long commitIndex, Completion done) {
          idleStarts = 0;
          super.append(batches, commitIndex, done);
        }

        @Override
        public void saveBallot(Ballot ballot, Completion done) {
          idleStarts = 0;
          super.saveBallot(ballot, done);
        }
      };
    }
  }

  private static final class ReadsOrWrites extends MemoryMedium {
    @Override
    RaftStorage opened(RaftStorage storage) {
      return new ForwardingStorage(storage) {
        private final CountDownLatch met = new CountDownLatch(1);
        private volatile boolean writing;
        private volatile boolean shared;
        private final Thread writer = Thread.currentThread();

        @Override
        public void append(List<EntryBatch> batches, long commitIndex, Completion done) {
          writing = true;
          try {
            if (shared && !met.await(10, TimeUnit.SECONDS)) {
              throw new AssertionError("no read came beside a write");
            }
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          writing = false;
          super.append(batches, commitIndex, done);
        }

        @Override
        public EntryBatch read(long firstIndex, long maxBytes) throws StorageException {
          if (!Thread.currentThread().equals(writer)) {
            shared = true;
          }
          if (writing) {
            met.countDown();
            throw new StorageException("busy");
          }
          return super.read(firstIndex, maxBytes);
        }
      };
    }
  }
}
