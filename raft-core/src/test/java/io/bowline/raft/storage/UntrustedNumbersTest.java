package io.bowline.raft.storage;

import static io.bowline.raft.storage.Fixture.DIRECTORY;
import static io.bowline.raft.storage.Fixture.LOG;
import static io.bowline.raft.storage.Fixture.append;
import static io.bowline.raft.storage.Fixture.bootstrap;
import static io.bowline.raft.storage.Fixture.contents;
import static io.bowline.raft.storage.Fixture.resume;
import static io.bowline.raft.storage.Fixture.saveBallot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/**
 * Names and numbers of files whose checksums are right: a faulty writer made them. Each is refused
 * with its file, and by no other exception.
 */
class UntrustedNumbersTest {
  private static final Path BALLOT = DIRECTORY.resolve(BallotFile.NAME);
  private static final Path COPY = DIRECTORY.resolve(BallotFile.COPY);

  private static CrashDisk oneEntry() throws StorageException {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 1, 30));
    append(storage, Entries.batch(2, 1, 1, 30));
    storage.close();
    return disk;
  }

  /** Puts a number there and mends the checksum. */
  private static void put(CrashDisk disk, Path file, int record, int at, long number, int crcAt) {
    byte[] bytes = disk.content(file).clone();
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(record + at, number);
    out.putInt(record + crcAt, Checksum.of(out, record, crcAt, new CRC32C()));
    disk.spoil(file, bytes);
  }

  private static void assertNamed(CrashDisk disk, String what, Path file) {
    assertThatThrownBy(() -> resume(disk))
        .as(what)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void aSegmentOfANumberThatIsNoneIsRefused() throws Exception {
    CrashDisk disk = oneEntry();
    Path name = LOG.resolve("99999999999999999999.log");
    disk.create(name).close();
    assertNamed(disk, "a name", name);
  }

  @Test
  void everyNumberOfABallotIsLookedAt() throws Exception {
    for (long number : new long[] {-1, Numbers.MOST + 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
      for (int at = 40; at < 96; at += 8) {
        CrashDisk disk = oneEntry();
        for (Path file : List.of(BALLOT, COPY)) {
          put(disk, file, 0, at, number, 508);
          put(disk, file, 4096, at, number, 508);
        }
        assertNamed(disk, number + " at " + at, BALLOT);
      }
    }
  }

  @Test
  void aBallotWithABadNameIsRefused() throws Exception {
    for (int at : new int[] {96, 160}) {
      CrashDisk disk = oneEntry();
      for (Path file : List.of(BALLOT, COPY)) {
        put(disk, file, 0, at, 0x2f2f2f2f2f2f2f7fL, 508);
        put(disk, file, 4096, at, 0x2f2f2f2f2f2f2f05L, 508);
      }
      assertNamed(disk, "a name at " + at, BALLOT);
    }
  }

  @Test
  void everyFieldOfASegmentHeaderIsLookedAt() throws Exception {
    for (long number : new long[] {-1, Numbers.MOST + 1, Long.MAX_VALUE, 0x2f2f2f2f2f2f2f05L}) {
      for (int at : new int[] {8, 16, 48, 56, 64, 72, 80, 144, 208}) {
        CrashDisk disk = oneEntry();
        put(disk, Fixture.segment(1), 0, at, number, 508);
        assertNamed(disk, number + " at " + at, Fixture.segment(1));
      }
    }
  }

  @Test
  void everyFieldOfABlockIsLookedAt() throws Exception {
    for (long number : new long[] {-1, Numbers.MOST + 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
      for (int at = 24; at < 104; at += 8) {
        CrashDisk disk = oneEntry();
        put(disk, Fixture.segment(1), 512, at, number, 124);
        int field = at;
        assertThatThrownBy(() -> resume(disk))
            .as(number + " at " + field)
            .isInstanceOf(StorageException.class)
            .hasMessageContaining(Fixture.segment(1).toString());
      }
    }
  }

  private static EntryBatch at(long index, long term, long time) {
    return EntryBatch.builder(new EntryId(index, term), 1, 4, time)
        .add(EntryType.COMMAND, new byte[4])
        .build();
  }

  @Test
  void entriesThatCouldNotBeReadBackDoNotReachTheDisk() throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 5);
    append(storage, at(1, 2, 100), at(2, 2, 200), at(3, 3, 300));
    for (List<EntryBatch> group :
        List.of(
            List.of(at(4, 3, 299)),
            List.of(at(4, 2, 400)),
            List.of(at(5, 3, 400)),
            List.of(at(4, 3, 400), at(5, 3, 399)),
            List.of(at(4, 4, 400), at(5, 3, 400)),
            List.of(at(4, 4, 400), at(6, 4, 400)),
            List.of(EntryBatch.join(List.of(at(4, 3, 400), at(5, 3, 399)))),
            List.of(at(2, 3, 99)),
            List.of(at(2, 1, 150)),
            List.of(at(4, 3, Numbers.MOST + 1)),
            List.of(at(4, 3, 400), at(3, 4, 199)))) {
      long written = disk.written();
      assertThatThrownBy(() -> storage.append(group, 0, failure -> {}))
          .as(group.toString())
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(disk.written()).isEqualTo(written);
    }
    append(storage, at(2, 3, 150), at(3, 3, 150));
    append(storage, at(4, 4, 150), at(4, 5, 151));
    assertThat(contents(storage)).containsExactly("1@2:4", "2@3:4", "3@3:4", "4@5:4");
    storage.close();
    assertThat(contents(resume(disk))).hasSize(4);
  }

  /** As a version without that rule has written it. */
  private static CrashDisk written(EntryBatch... groups) throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 9);
    storage.close();
    Identity identity = storage.identity();
    disk.delete(Fixture.segment(1));
    RecoveredLog log = new LogReopening(disk, LOG, identity, 512, new SplittableRandom(5)).begin();
    for (EntryBatch group : groups) {
      log.writer().write(List.of(group));
      log.writer().file().force();
      log.writer().durable();
    }
    log.writer().writeSync();
    log.writer().file().force();
    return disk;
  }

  @Test
  void aLogWhoseTimeFallsIsRefusedAtTheStart() throws Exception {
    assertThat(contents(resume(written(at(1, 1, 10), at(2, 1, 10), at(2, 2, 11))))).hasSize(2);

    assertNamed(written(at(1, 1, 10), at(2, 1, 9)), "from block to block", Fixture.segment(1));
    assertNamed(
        written(EntryBatch.join(List.of(at(1, 1, 10), at(2, 1, 9)))),
        "within a block",
        Fixture.segment(1));
    assertNamed(
        written(at(1, 1, 10), at(2, 1, 20), at(3, 1, 30), at(2, 2, 9)),
        "by an overwrite",
        Fixture.segment(1));
  }
}
