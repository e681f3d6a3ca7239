package io.bowline.raft.storage;

import static io.bowline.raft.storage.Fixture.SELF;
import static io.bowline.raft.storage.Fixture.SMALL;
import static io.bowline.raft.storage.Fixture.append;
import static io.bowline.raft.storage.Fixture.bootstrap;
import static io.bowline.raft.storage.Fixture.contents;
import static io.bowline.raft.storage.Fixture.recovered;
import static io.bowline.raft.storage.Fixture.resume;
import static io.bowline.raft.storage.Fixture.saveBallot;
import static io.bowline.raft.storage.Fixture.tryAppend;
import static io.bowline.raft.storage.Fixture.trySaveBallot;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Ballot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A write or a force that fails, and a disk that is full (STORAGE D-e, case 20). */
class FailingDiskTest {
  @Test
  void afterAFailedForceNothingIsAcknowledgedAnyMore() throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 1, 30));
    disk.failForce(1);

    assertThat(tryAppend(storage, Entries.batch(2, 1, 1, 30))).hasMessage("Input/output error");
    assertThat(tryAppend(storage, Entries.batch(2, 1, 1, 30)))
        .hasMessageContaining("an earlier write failed (Input/output error)");
    assertThat(trySaveBallot(storage, new Ballot(2, SELF))).isInstanceOf(StorageException.class);
    storage.close();
  }

  @Test
  void aFailedBallotPoisonsTheLogToo() throws Exception {
    for (int force = 1; force <= 2; force++) {
      CrashDisk disk = new CrashDisk();
      RaftStorage storage = bootstrap(disk);
      disk.failForce(force);

      assertThat(trySaveBallot(storage, new Ballot(1, SELF))).hasMessage("Input/output error");
      assertThat(trySaveBallot(storage, new Ballot(1, SELF))).isInstanceOf(StorageException.class);
    }
  }

  @Test
  void aCloseThatCannotWriteItsHintsLeavesNoFileOpen() throws Exception {
    CrashDisk disk = new CrashDisk();
    CountingDisk counting = new CountingDisk(disk);
    RaftStorage storage = bootstrap(counting);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 1, 30));
    disk.failForce(1);

    storage.close();

    assertThat(counting.open()).isZero();
  }

  @Test
  void whatAFailedForceLeftInTheCacheIsMadeDurableBeforeItIsBelieved() throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 1, 30));
    disk.failForce(1);
    tryAppend(storage, Entries.batch(2, 1, 1, 600));

    // the cache shows block 2, the disk has not got it, and a later force would write nothing
    CrashDisk restarted = disk.afterProcessCrash();
    RaftStorage again = resume(restarted);
    assertThat(recovered(again)).containsExactly("1@1:30", "2@1:600");
    append(again, Entries.batch(3, 1, 1, 30));

    assertThat(recovered(resume(restarted.afterPowerCut(false))))
        .containsExactly("1@1:30", "2@1:600", "3@1:30");
    assertThat(recovered(resume(disk.afterPowerCut(false)))).containsExactly("1@1:30");
  }

  @Test
  void everyForceOfARecoveryMayFail() throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 1, 30));
    append(storage, Entries.batch(2, 1, 1, 30));
    int refused = 0;
    for (int force = 1; force < 8; force++) {
      CrashDisk killed = disk.afterProcessCrash();
      killed.failForce(force);
      try {
        resume(killed);
      } catch (StorageException e) {
        assertThat(e).hasMessageContaining("Input/output error");
        refused++;
      }
      for (CrashDisk next : List.of(killed.afterProcessCrash(), killed.afterPowerCut(false))) {
        assertThat(recovered(resume(next))).containsExactly("1@1:30", "2@1:30");
        assertThat(recovered(resume(next.afterPowerCut(false)))).hasSize(2);
      }
    }
    assertThat(refused).isGreaterThan(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4096})
  void aFullDiskWhileZerosAreWrittenIsNoFailedWrite(int writeUnit) throws Exception {
    CrashDisk disk = new CrashDisk().inUnitsOf(writeUnit);
    RaftStorage storage = bootstrap(disk);
    List<@Nullable IOException> room = new ArrayList<>();
    storage.onRoom(room::add);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 10, 3000));
    disk.limitTo(disk.used());

    append(storage, Entries.batch(11, 1, 10, 3000)); // the zeros that are there suffice
    assertThat(room).hasSize(1);
    assertThat(room.get(0)).hasMessageContaining("No space left");

    List<@Nullable IOException> done = new ArrayList<>();
    storage.append(List.of(Entries.batch(21, 1, 100, 3000)), 0, done::add);
    assertThat(done).as("waits for room").isEmpty();
    storage.seekRoom();
    assertThat(done).isEmpty();

    disk.limitTo(Long.MAX_VALUE);
    storage.seekRoom();
    assertThat(done).containsExactly((IOException) null);
    assertThat(room).hasSize(2).last().isNull();
    assertThat(contents(storage)).hasSize(120);
    assertThat(recovered(resume(disk.afterPowerCut(false)))).hasSize(120);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4096})
  void aFullDiskWhileTheNextSegmentIsMadeIsNoFailedWrite(int writeUnit) throws Exception {
    CrashDisk disk = new CrashDisk().inUnitsOf(writeUnit);
    RaftStorage storage = bootstrap(disk, SMALL);
    List<@Nullable IOException> room = new ArrayList<>();
    storage.onRoom(room::add);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 10, 3000));
    disk.limitTo(disk.used());
    append(storage, Entries.batch(11, 1, 5, 3000)); // half of the segment: a next one is prepared
    assertThat(room).hasSize(1);

    storage.seekRoom();
    assertThat(room).hasSize(1);
    disk.limitTo(Long.MAX_VALUE);
    storage.seekRoom();
    assertThat(room).hasSize(2).last().isNull();

    append(storage, Entries.batch(16, 1, 10, 3000));
    assertThat(disk.files()).contains(Fixture.segment(2));
    assertThat(recovered(resume(disk.afterPowerCut(false), SMALL))).hasSize(25);
  }

  /** Otherwise a node that writes nothing for want of room would never hear that it must end. */
  @Test
  void aForceThatFailsWhileRoomIsSoughtEndsTheWaitForRoomAndTheLog() throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk, SMALL);
    List<@Nullable IOException> room = new ArrayList<>();
    storage.onRoom(room::add);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 10, 3000));
    disk.limitTo(disk.used());
    append(storage, Entries.batch(11, 1, 5, 3000)); // half of the segment: a next one is prepared
    assertThat(room).hasSize(1);

    disk.limitTo(Long.MAX_VALUE);
    disk.failForce(1);
    storage.seekRoom();

    assertThat(room).hasSize(2).last().isNull();
    assertThat(trySaveBallot(storage, new Ballot(2, SELF))).isInstanceOf(StorageException.class);
    assertThat(tryAppend(storage, Entries.batch(16, 1, 1, 30)))
        .isInstanceOf(StorageException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4096})
  void aStorageThatIsClosedWhileAnAppendWaitsForRoomEndsIt(int writeUnit) throws Exception {
    CrashDisk disk = new CrashDisk().inUnitsOf(writeUnit);
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 1);
    disk.limitTo(disk.used());
    List<@Nullable IOException> done = new ArrayList<>();
    storage.append(List.of(Entries.batch(1, 1, 100, 3000)), 0, done::add);
    assertThat(done).isEmpty();

    storage.close();

    assertThat(done).hasSize(1);
    assertThat(done.get(0)).isInstanceOf(StorageException.class);
    disk.limitTo(Long.MAX_VALUE);
    assertThat(recovered(resume(disk.afterPowerCut(false)))).isEmpty();
  }

  @Test
  void aFullDiskAtTheStartIsSaid() throws Exception {
    CrashDisk disk = new CrashDisk();
    bootstrap(disk).close();
    disk.limitTo(disk.used() + 100);

    try {
      resume(disk);
      throw new AssertionError("started without room");
    } catch (StorageException e) {
      assertThat(e).hasMessageContaining("No space left on device");
    }

    disk.limitTo(Long.MAX_VALUE);
    assertThat(recovered(resume(disk))).isEmpty();
  }

  @Test
  void largeGroupsAreWrittenOnceIfTheDiskSaysWhatRoomItHas() throws Exception {
    CrashDisk disk = new CrashDisk().inUnitsOf(4096);
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 100, 4000));
    for (int i = 1; i <= 5; i++) {
      long before = disk.written();
      append(storage, Entries.batch(100 * i + 1, 1, 100, 4000));
      assertThat(disk.written() - before).isBetween(400_000L, 420_000L);
    }

    append(storage, Entries.batch(601, 1, 1, 10)); // a small one behind them
    disk.limitTo(disk.used() + 1_000_000); // less than the reserve that is left to others
    List<@Nullable IOException> done = new ArrayList<>();
    storage.append(List.of(Entries.batch(602, 1, 100, 4000)), 0, done::add);
    assertThat(done).isEmpty();
    disk.limitTo(Long.MAX_VALUE);
    storage.seekRoom();
    assertThat(done).containsExactly((IOException) null);
    assertThat(recovered(resume(disk.afterPowerCut(false)))).hasSize(701);
  }

  @Test
  void anIdleGroupOwnsLittle() throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 3, 30));
    storage.close();

    assertThat(disk.used()).isLessThan(256 << 10);
  }
}
