package io.bowline.raft.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.EntryBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real threads: one writes, the background prepares, others read. */
class ReadBesideWriteTest {
  private static final int ENTRIES = 6_000;

  @TempDir Path directory;

  @Test
  void readersSeeWholeEntriesWhileTheLogGrowsOverManySegments() throws Exception {
    ExecutorService background = Executors.newSingleThreadExecutor();
    ExecutorService readers = Executors.newFixedThreadPool(2);
    SegmentedStorage provider =
        new SegmentedStorage(new FileDisk(), directory.resolve("n1"), Fixture.SMALL, background);
    try (RaftStorage storage =
        Fixture.founded(
            provider.bootstrap(
                Fixture.CLUSTER,
                Fixture.GROUP,
                Fixture.NODE,
                Fixture.INITIAL,
                new SplittableRandom(1)))) {
      Fixture.saveBallot(storage, 1);
      AtomicLong appended = new AtomicLong();
      List<Future<Long>> reading = new ArrayList<>();
      for (int reader = 0; reader < 2; reader++) {
        reading.add(readers.submit(() -> readAll(storage, appended)));
      }
      SplittableRandom random = new SplittableRandom(2);
      while (appended.get() < ENTRIES) {
        int count = 1 + random.nextInt(20);
        int bytes = random.nextInt(random.nextInt(20) == 0 ? 9_000 : 400);
        Fixture.append(storage, Entries.batch(appended.get() + 1, 1, count, bytes));
        appended.addAndGet(count);
      }
      for (Future<Long> read : reading) {
        assertThat(read.get()).isGreaterThanOrEqualTo(ENTRIES);
      }
    } finally {
      readers.shutdown();
      background.shutdown();
    }
  }

  private static long readAll(RaftStorage storage, AtomicLong appended) throws StorageException {
    long next = 1;
    while (next <= ENTRIES) {
      long known = appended.get();
      EntryBatch batch = storage.read(next, 50_000);
      if (batch.isEmpty()) {
        assertThat(next).isGreaterThan(known);
        Thread.onSpinWait();
        continue;
      }
      assertThat(batch.firstIndex()).isEqualTo(next);
      next = batch.lastIndex() + 1;
    }
    return next - 1;
  }
}
