package io.bowline.raft.storage;

import static io.bowline.raft.storage.Fixture.CLUSTER;
import static io.bowline.raft.storage.Fixture.GROUP;
import static io.bowline.raft.storage.Fixture.INITIAL;
import static io.bowline.raft.storage.Fixture.NODE;
import static io.bowline.raft.storage.Fixture.SMALL;
import static io.bowline.raft.storage.Fixture.append;
import static io.bowline.raft.storage.Fixture.contents;
import static io.bowline.raft.storage.Fixture.founded;
import static io.bowline.raft.storage.Fixture.saveBallot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.bowline.raft.model.EntryBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many files are open: few, however long the log is and however often it was started. */
class DescriptorsTest {
  /** Both ballot files, the open segment, the next one, one that is being written anew. */
  private static final int BESIDE_READS = 5;

  private static final int ONE_A_SEGMENT = 45_000;

  @TempDir Path temp;

  private static RaftStorage resume(Disk disk, int start) throws StorageException {
    return Fixture.on(disk, SMALL).resume(CLUSTER, GROUP, NODE, new SplittableRandom(start));
  }

  @Test
  void aLongLogKeepsFewFilesOpen() throws Exception {
    CountingDisk disk = new CountingDisk(new CrashDisk());
    RaftStorage storage = Fixture.bootstrap(disk, SMALL);
    saveBallot(storage, 1);
    for (int i = 1; i <= 300; i++) {
      append(storage, Entries.batch(i, 1, 1, ONE_A_SEGMENT));
    }
    assertThat(disk.most()).isLessThanOrEqualTo(BESIDE_READS);
    assertThat(contents(storage)).hasSize(300);
    assertThat(disk.most()).isLessThanOrEqualTo(BESIDE_READS + OpenSegments.MOST);
    storage.close();
    assertThat(disk.open()).isZero();

    RaftStorage again = resume(disk, 2);
    assertThat(again.report().segments()).isGreaterThanOrEqualTo(300);
    assertThat(disk.most()).isLessThanOrEqualTo(BESIDE_READS + OpenSegments.MOST);
    assertThat(contents(again)).hasSize(300);
    assertThat(disk.most()).isLessThanOrEqualTo(BESIDE_READS + OpenSegments.MOST);
    again.close();
    assertThat(disk.open()).isZero();
  }

  @Test
  void aHundredAndFiftyStartsNeedNoMoreThanTheFirst() throws Exception {
    CountingDisk disk = new CountingDisk(new CrashDisk());
    disk.limitTo(BESIDE_READS + OpenSegments.MOST);
    RaftStorage storage = Fixture.bootstrap(disk, SMALL);
    for (int start = 1; start <= 150; start++) {
      saveBallot(storage, start);
      append(storage, Entries.batch(start, start, 1, 10)); // as a leader does in its term
      storage.close();
      storage = resume(disk, start);
    }
    assertThat(contents(storage)).hasSize(150);
    storage.close();
    assertThat(disk.open()).isZero();
  }

  @Test
  void theRealDiskKeepsFewFilesOpenToo() throws Exception {
    Path self = Path.of("/proc/self/fd");
    assumeThat(Files.isDirectory(self)).isTrue();
    Path directory = temp.toRealPath().resolve("n1");
    SegmentedStorage place = new SegmentedStorage(new FileDisk(), directory, SMALL, Runnable::run);
    RaftStorage storage =
        founded(place.bootstrap(CLUSTER, GROUP, NODE, INITIAL, new SplittableRandom(1)));
    saveBallot(storage, 1);
    for (int i = 1; i <= 40; i++) {
      append(storage, Entries.batch(i, 1, 1, ONE_A_SEGMENT));
    }
    assertThat(contents(storage)).hasSize(40);
    int twice = 2 * (BESIDE_READS + OpenSegments.MOST); // past the page cache and through it
    assertThat(openIn(self, directory)).isLessThanOrEqualTo(twice);
    storage.close();
    assertThat(openIn(self, directory)).isZero();
  }

  private static long openIn(Path self, Path directory) throws IOException {
    try (Stream<Path> all = Files.list(self)) {
      return all.filter(fd -> names(fd).startsWith(directory.toString())).count();
    }
  }

  private static String names(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  @Test
  void aLackOfDescriptorsIsToldAsThatByAReadAndGoesAway() throws Exception {
    CountingDisk disk = new CountingDisk(new CrashDisk());
    RaftStorage storage = Fixture.bootstrap(disk, SMALL);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 1, 10));
    disk.limitTo(disk.open());

    assertThatThrownBy(() -> storage.read(1, 100))
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.retryable()).isTrue())
        .hasMessageContaining("no descriptors");

    disk.limitTo(Integer.MAX_VALUE);
    assertThat(contents(storage)).hasSize(1);
    append(storage, Entries.batch(2, 1, 1, 10));
  }

  @Test
  void aLackOfDescriptorsForTheNextSegmentIsWaitedOut() throws Exception {
    CountingDisk disk = new CountingDisk(new CrashDisk());
    RaftStorage storage = Fixture.bootstrap(disk, SMALL);
    List<@Nullable IOException> room = new ArrayList<>();
    storage.onRoom(room::add);
    saveBallot(storage, 1);
    disk.limitTo(disk.open());
    append(storage, Entries.batch(1, 1, 1, ONE_A_SEGMENT));
    assertThat(room).hasSize(1);
    assertThat(room.get(0)).hasMessageContaining("no descriptors");

    List<@Nullable IOException> done = new ArrayList<>();
    storage.append(List.of(Entries.batch(2, 1, 1, ONE_A_SEGMENT)), 0, done::add);
    assertThat(done).isEmpty();
    disk.limitTo(Integer.MAX_VALUE);
    storage.seekRoom();

    assertThat(done).containsExactly((IOException) null);
    assertThat(room).hasSize(2).last().isNull();
    assertThat(contents(storage)).hasSize(2);
  }

  @Test
  void aStartWithoutDescriptorsSaysSoAndIsNoDamage() throws Exception {
    CountingDisk disk = new CountingDisk(new CrashDisk());
    Fixture.bootstrap(disk, SMALL).close();
    disk.limitTo(0);
    assertThatThrownBy(() -> resume(disk, 2))
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.retryable()).isTrue())
        .hasMessageContaining("no descriptors");
    disk.limitTo(Integer.MAX_VALUE);
    resume(disk, 3).close();
  }

  @Test
  void aBackgroundThatComesLateLeavesNoFiles() throws Exception {
    CrashDisk files = new CrashDisk();
    CountingDisk disk = new CountingDisk(files);
    ArrayDeque<Runnable> late = new ArrayDeque<>();
    RaftStorage storage =
        founded(
            new SegmentedStorage(disk, Fixture.DIRECTORY, SMALL, late::add)
                .bootstrap(CLUSTER, GROUP, NODE, INITIAL, new SplittableRandom(1)));
    saveBallot(storage, 1);
    for (int i = 1; i <= 10; i++) {
      append(storage, Entries.batch(i, 1, 1, ONE_A_SEGMENT)); // each but the first rolls over
      int open = disk.open();
      while (i % 2 == 0 && !late.isEmpty()) {
        late.remove().run();
      }
      assertThat(disk.open()).isLessThanOrEqualTo(open + 1);
      assertThat(files.files().stream().filter(f -> f.toString().endsWith(".ready")).count())
          .isLessThanOrEqualTo(1);
    }
    append(storage, Entries.batch(11, 1, 1, ONE_A_SEGMENT));
    storage.close();
    while (!late.isEmpty()) {
      late.remove().run();
    }
    assertThat(disk.open()).isZero();
    assertThat(files.files()).noneMatch(file -> file.toString().endsWith(".ready"));
  }

  @Test
  void manyReadersNeverMeetAClosedFile() throws Exception {
    CountingDisk disk = new CountingDisk(new CrashDisk());
    RaftStorage storage = Fixture.bootstrap(disk, SMALL);
    saveBallot(storage, 1);
    for (int i = 1; i <= 60; i++) {
      append(storage, Entries.batch(i, 1, 1, ONE_A_SEGMENT));
    }
    List<@Nullable Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    List<Thread> readers = new ArrayList<>();
    for (int r = 0; r < 4; r++) {
      SplittableRandom random = new SplittableRandom(r);
      readers.add(
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < 300; i++) {
                    long index = 1L + random.nextInt(60);
                    EntryBatch read = storage.read(index, 100);
                    assertThat(read.firstIndex()).isEqualTo(index);
                  }
                } catch (Throwable e) {
                  failures.add(e);
                }
              }));
    }
    readers.forEach(Thread::start);
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(failures).isEmpty();
    assertThat(disk.most()).isLessThanOrEqualTo(BESIDE_READS + OpenSegments.MOST + 4);
  }
}
