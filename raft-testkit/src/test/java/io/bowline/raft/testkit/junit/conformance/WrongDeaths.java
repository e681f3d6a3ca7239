package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.NonDurableMemoryStorage;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.testkit.Prng;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Storages in memory that forget, or remember, too much when their process or its power ends. */
final class WrongDeaths {
  private static final String LONG_LIFE = "aLongLifeEqualsTheModel";
  private static final int SMALL = 64;

  static final List<WrongStorage> ALL =
      List.of(
          WrongStorage.of(
              "loses small entries with its process",
              () -> new LosesSmallOnes(StorageFoundings.End.KILL),
              "whatWasCompletedOutlivesTheProcess",
              LONG_LIFE),
          WrongStorage.of(
              "loses small entries with its power",
              () -> new LosesSmallOnes(StorageFoundings.End.POWER_CUT),
              "whatWasCompletedOutlivesAPowerCut",
              LONG_LIFE),
          WrongStorage.of(
              "has old entries again after a kill",
              OldOnesComeBack::new,
              "whatWasOverwrittenNeverComesBack"),
          WrongStorage.of(
              "makes votes durable only with a new term",
              ForgetsVotes::new,
              "aBallotNeverGoesBack"),
          WrongStorage.of(
              "believes what it reads after a kill",
              BelievesTheCache::new,
              "whatAStartHasFoundOutlivesAPowerCut"));

  private WrongDeaths() {}

  /** Memory that can be made again without, or with, some of its entries. */
  private abstract static class Rebuilt extends MemoryMedium {
    /** The log from now on, and the ballot; the identity's start counter does not fall. */
    void rebuild(List<EntryBatch> log, Ballot ballot) {
      try {
        NonDurableMemoryStorage next = new NonDurableMemoryStorage();
        RaftStorage storage =
            next.bootstrap(Place.CLUSTER, Place.GROUP, Place.NODE, Place.INITIAL, new Prng(1));
        Place.found(storage);
        storage.saveBallot(ballot, failure -> {});
        storage.append(log, 0, failure -> {});
        storage.close();
        memory = next;
      } catch (StorageException e) {
        throw new AssertionError(e);
      }
    }

    /** What is there now, entry for entry. */
    List<EntryBatch> entries(RaftStorage storage) {
      List<EntryBatch> all = new ArrayList<>();
      try {
        for (EntryBatch one = storage.read(1, 1); !one.isEmpty(); ) {
          all.add(one);
          one = storage.read(one.lastIndex() + 1, 1);
        }
      } catch (StorageException e) {
        throw new AssertionError(e);
      }
      return all;
    }

    RaftStorage open() {
      try {
        return memory.resume(Place.CLUSTER, Place.GROUP, Place.NODE, new Prng(1));
      } catch (StorageException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static final class LosesSmallOnes extends Rebuilt {
    private final StorageFoundings.End when;
    private boolean appended;

    LosesSmallOnes(StorageFoundings.End when) {
      this.when = when;
    }

    @Override
    RaftStorage opened(RaftStorage storage) {
      return new ForwardingStorage(storage) {
        @Override
        public void append(List<EntryBatch> batches, long commitIndex, Completion done) {
          appended = true;
          super.append(batches, commitIndex, done);
        }
      };
    }

    private void lose() {
      if (!appended) {
        return;
      }
      RaftStorage storage = open();
      List<EntryBatch> all = entries(storage);
      Ballot ballot = storage.ballot();
      while (!all.isEmpty() && all.get(all.size() - 1).byteLength() < SMALL) {
        all.remove(all.size() - 1);
      }
      rebuild(all, ballot);
    }

    @Override
    public void killProcess() {
      super.killProcess();
      if (when == StorageFoundings.End.KILL) {
        lose();
      }
    }

    @Override
    public void powerCut() {
      super.powerCut();
      if (when == StorageFoundings.End.POWER_CUT) {
        lose();
      }
    }
  }

  private static final class OldOnesComeBack extends Rebuilt {
    private EntryBatch old = EntryBatch.EMPTY;

    @Override
    RaftStorage opened(RaftStorage storage) {
      return new ForwardingStorage(storage) {
        @Override
        public void append(List<EntryBatch> batches, long commitIndex, Completion done) {
          try {
            EntryBatch behind = super.read(batches.get(0).lastIndex() + 1, 1 << 20);
            old = behind.isEmpty() ? old : behind;
          } catch (StorageException e) {
            throw new AssertionError(e);
          }
          super.append(batches, commitIndex, done);
        }
      };
    }

    @Override
    public void killProcess() {
      super.killProcess();
      if (old.isEmpty()) {
        return;
      }
      RaftStorage storage = open();
      List<EntryBatch> all = entries(storage);
      for (EntryBatch back = old; !back.isEmpty() && back.firstIndex() == all.size() + 1L; ) {
        all.add(back);
        back = EntryBatch.EMPTY;
      }
      rebuild(all, storage.ballot());
    }
  }

  private static final class ForgetsVotes extends Rebuilt {
    private @Nullable Ballot durable;

    @Override
    RaftStorage opened(RaftStorage storage) {
      return new ForwardingStorage(storage) {
        @Override
        public Ballot ballot() {
          Ballot found = super.ballot();
          return durable != null && durable.term() == found.term() ? durable : found;
        }

        @Override
        public void saveBallot(Ballot ballot, Completion done) {
          if (durable == null || ballot.term() > durable.term()) {
            durable = ballot;
          }
          super.saveBallot(ballot, done);
        }

        @Override
        public void close() {
          durable = null;
          super.close();
        }
      };
    }

    @Override
    public void killProcess() {
      super.killProcess();
      durable = null;
    }
  }

  private static final class BelievesTheCache extends Rebuilt {
    private boolean killed;
    private boolean cached;

    @Override
    RaftStorage opened(RaftStorage storage) {
      cached = killed;
      killed = false;
      return new ForwardingStorage(storage) {
        @Override
        public void append(List<EntryBatch> batches, long commitIndex, Completion done) {
          cached = false;
          super.append(batches, commitIndex, done);
        }

        @Override
        public void saveBallot(Ballot ballot, Completion done) {
          cached = false;
          super.saveBallot(ballot, done);
        }
      };
    }

    @Override
    public void killProcess() {
      super.killProcess();
      killed = true;
    }

    @Override
    public void powerCut() {
      super.powerCut();
      if (cached) {
        RaftStorage storage = open();
        List<EntryBatch> all = entries(storage);
        EntryBatch last = all.remove(all.size() - 1);
        all.add(Entries.one(last.lastIndex(), last.last().term(), EntryType.NO_OP, new byte[0]));
        rebuild(all, storage.ballot());
        cached = false;
      }
    }
  }
}
