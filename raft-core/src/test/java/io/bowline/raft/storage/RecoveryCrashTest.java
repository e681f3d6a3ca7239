package io.bowline.raft.storage;

import static io.bowline.raft.storage.Fixture.SMALL;
import static io.bowline.raft.storage.Fixture.append;
import static io.bowline.raft.storage.Fixture.bootstrap;
import static io.bowline.raft.storage.Fixture.recovered;
import static io.bowline.raft.storage.Fixture.resume;
import static io.bowline.raft.storage.Fixture.saveBallot;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recovery is idempotent: it crashes before each of its writes, twice, and ends the same. */
class RecoveryCrashTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 4096})
  void aCleanLogIsRecoveredThroughCrashes(int writeUnit) throws Exception {
    CrashDisk disk = new CrashDisk().inUnitsOf(writeUnit);
    try (RaftStorage storage = bootstrap(disk)) {
      saveBallot(storage, 1);
      append(storage, Entries.batch(1, 1, 3, 100));
    }
    crashEverywhere(disk, false);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4096})
  void aKilledProcessesLogIsRecoveredThroughCrashes(int writeUnit) throws Exception {
    CrashDisk disk = new CrashDisk().inUnitsOf(writeUnit);
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 3, 100));
    append(storage, Entries.batch(4, 1, 3, 500));
    saveBallot(storage, 2);
    append(storage, Entries.batch(2, 2, 3, 200));
    crashEverywhere(disk, true);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4096})
  void aTornTailIsRecoveredThroughCrashes(int writeUnit) throws Exception {
    CrashDisk disk = new CrashDisk().inUnitsOf(writeUnit);
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 3, 100));
    append(storage, Entries.batch(4, 1, 1, 2000));
    CrashDisk cut = disk.afterPowerCut(false);
    Block last = Blocks.of(cut, 1).get(1);
    Blocks.zero(cut, Fixture.segment(1), last.offset() + 1024, last.end());
    crashEverywhere(cut, true);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4096})
  void aSegmentThatWasJustBegunIsRecoveredThroughCrashes(int writeUnit) throws Exception {
    CrashDisk disk = new CrashDisk().inUnitsOf(writeUnit);
    RaftStorage storage = bootstrap(disk, SMALL);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 60, 1000));
    append(storage, Entries.batch(61, 1, 10, 1000));
    crashEverywhere(disk, false);
  }

  private static void crashEverywhere(CrashDisk start, boolean twice) throws StorageException {
    CrashDisk whole = start.afterProcessCrash();
    List<String> expected = recovered(resume(whole, SMALL));
    for (int first = 0; first < whole.operations(); first++) {
      for (CrashDisk once : survivors(start.afterProcessCrash(), first, true)) {
        assertRecovers(once, expected);
      }
    }
    for (int first = 0; twice && first < whole.operations(); first++) {
      for (CrashDisk once : survivors(start.afterProcessCrash(), first, false)) {
        for (int second = 0; second < whole.operations(); second++) {
          for (CrashDisk again : survivors(once.copy(), second, false)) {
            assertRecovers(again, expected);
          }
        }
      }
    }
  }

  /** What is there after a recovery that was cut before that operation. */
  private static List<CrashDisk> survivors(CrashDisk disk, int operation, boolean subsets)
      throws StorageException {
    disk.cutBefore(operation);
    try {
      resume(disk, SMALL);
      return List.of();
    } catch (CrashDisk.PowerCut e) {
      List<CrashDisk> all = new ArrayList<>();
      all.add(disk.afterProcessCrash());
      all.add(disk.afterPowerCut(true));
      all.add(disk.afterPowerCut(false));
      List<CrashDisk.Unsynced> unsynced = disk.unsynced();
      for (int i = 0; subsets && i < unsynced.size(); i++) {
        Set<CrashDisk.Unsynced> allButOne = new HashSet<>(unsynced);
        allButOne.remove(unsynced.get(i));
        all.add(disk.afterPowerCut(allButOne));
        all.add(disk.afterPowerCut(Set.of(unsynced.get(i))));
      }
      return all;
    }
  }

  private static void assertRecovers(CrashDisk crashed, List<String> expected)
      throws StorageException {
    CrashDisk disk = crashed.copy();
    RaftStorage storage = resume(disk, SMALL);
    assertThat(recovered(storage)).isEqualTo(expected);
    saveBallot(storage, 9);
    append(storage, Entries.batch(expected.size() + 1L, 9, 1, 10));
    assertThat(recovered(resume(disk.afterPowerCut(false), SMALL))).hasSize(expected.size() + 1);
  }
}
