package io.bowline.raft.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.EntryBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Random appends, overwrites, ballots, idle times, restarts, kills and power cuts, against a list:
 * what was acknowledged is there, and nothing is there that was not appended.
 */
class StorageProperties {
  /** The storage under test, and what it must hold. */
  private static final class Run {
    private final SplittableRandom random;
    private final StorageOptions options;
    private final Deque<Runnable> background = new ArrayDeque<>();
    private CrashDisk disk = new CrashDisk();
    private RaftStorage storage;
    private List<String> acknowledged = new ArrayList<>();
    private long term = 1;

    Run(long seed) throws StorageException {
      random = new SplittableRandom(seed);
      options =
          new StorageOptions(
              random.nextBoolean() ? 64 << 10 : 256 << 10, random.nextBoolean() ? 512 : 4096);
      disk.inUnitsOf(random.nextBoolean() ? 1 : 4096);
      storage =
          Fixture.founded(
              provider()
                  .bootstrap(
                      Fixture.CLUSTER, Fixture.GROUP, Fixture.NODE, Fixture.INITIAL, random));
      Fixture.saveBallot(storage, term);
    }

    private SegmentedStorage provider() {
      return new SegmentedStorage(disk, Fixture.DIRECTORY, options, background::add);
    }

    private RaftStorage resume() throws StorageException {
      background.clear(); // its tasks died with the process
      return provider().resume(Fixture.CLUSTER, Fixture.GROUP, Fixture.NODE, random);
    }

    void step() throws StorageException {
      int what = random.nextInt(100);
      if (what < 60) {
        append(batches());
      } else if (what < 70) {
        Fixture.saveBallot(storage, ++term);
      } else if (what < 78) {
        Fixture.idle(storage);
      } else if (what < 86) {
        Runnable task = background.poll();
        if (task != null) {
          task.run();
        }
      } else if (what < 90) {
        storage.close();
        disk = disk.afterPowerCut(random.nextBoolean());
        reopen(List.of(acknowledged));
      } else if (what < 94) {
        disk = disk.afterProcessCrash();
        reopen(List.of(acknowledged));
      } else {
        crashInAppend();
      }
    }

    private List<EntryBatch> batches() {
      List<EntryBatch> batches = new ArrayList<>();
      int size = acknowledged.size();
      boolean overwrites = size > 0 && random.nextInt(5) == 0;
      long first = overwrites ? size - random.nextInt(Math.min(size, 8)) : size + 1L;
      if (overwrites) {
        Fixture.saveBallot(storage, ++term);
      }
      int count = 1 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        int entries = 1 + random.nextInt(random.nextInt(10) == 0 ? 200 : 4);
        int bytes = random.nextInt(random.nextInt(10) == 0 ? 3000 : 100);
        batches.add(Entries.batch(first, term, entries, bytes));
        first += entries;
      }
      return batches;
    }

    private List<String> after(List<EntryBatch> batches) {
      List<String> state =
          new ArrayList<>(acknowledged.subList(0, (int) batches.get(0).firstIndex() - 1));
      batches.forEach(batch -> state.addAll(Entries.texts(batch)));
      return state;
    }

    private void append(List<EntryBatch> batches) {
      Fixture.append(storage, batches.toArray(new EntryBatch[0]));
      acknowledged = after(batches);
    }

    /** The power is cut somewhere in an append; some of what is unsynced survives. */
    private void crashInAppend() throws StorageException {
      List<EntryBatch> batches = batches();
      disk.cutBefore(disk.operations() + random.nextInt(4));
      List<List<String>> allowed = new ArrayList<>(List.of(acknowledged, after(batches)));
      try {
        append(batches);
        allowed.remove(0);
      } catch (CrashDisk.PowerCut e) {
        assertThat(disk.operations()).isPositive();
      }
      Set<CrashDisk.Unsynced> surviving = new HashSet<>(disk.unsynced());
      surviving.removeIf(item -> random.nextInt(3) == 0);
      disk = random.nextBoolean() ? disk.afterPowerCut(surviving) : disk.afterProcessCrash();
      reopen(allowed);
    }

    private void reopen(List<List<String>> allowed) throws StorageException {
      storage = resume();
      List<String> found = Fixture.recovered(storage);
      assertThat(allowed).contains(found);
      assertThat(storage.ballot().term()).isEqualTo(term);
      acknowledged = found;
    }

    void readAnywhere() throws StorageException {
      if (acknowledged.isEmpty()) {
        return;
      }
      int first = 1 + random.nextInt(acknowledged.size());
      long maxBytes = 1L + random.nextInt(100_000);
      EntryBatch batch = storage.read(first, maxBytes);
      List<String> texts = Entries.texts(batch);
      assertThat(texts).isNotEmpty();
      assertThat(texts).isEqualTo(acknowledged.subList(first - 1, first - 1 + texts.size()));
      assertThat(batch.count() == 1 || batch.byteLength() <= maxBytes).isTrue();
    }
  }

  @Property(tries = 150)
  void whatWasAcknowledgedIsThereWhateverHappens(@ForAll long seed) throws Exception {
    Run run = new Run(seed);
    for (int i = 0; i < 80; i++) {
      run.step();
      run.readAnywhere();
    }
  }
}
