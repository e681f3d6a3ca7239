package io.bowline.raft.storage;

import static io.bowline.raft.storage.Fixture.SMALL;
import static io.bowline.raft.storage.Fixture.append;
import static io.bowline.raft.storage.Fixture.bootstrap;
import static io.bowline.raft.storage.Fixture.recovered;
import static io.bowline.raft.storage.Fixture.resume;
import static io.bowline.raft.storage.Fixture.saveBallot;
import static io.bowline.raft.storage.Fixture.tryAppend;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.EntryBatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The power is cut before each operation of a workload of three group commits, and every subset of
 * the unsynced sectors and directory entries survives in turn: nothing acknowledged is lost, and
 * nothing is there that was never appended.
 */
class EveryCrashTest {
  private static final int MOST_UNSYNCED = 12;

  /** What a run of the workload had reached when it was cut. */
  private static final class Progress {
    private final List<List<String>> states = new ArrayList<>();
    private int acknowledged;
    private long ballot;
    private long ballotAsked;

    Progress(List<String> before, long ballot) {
      states.add(before);
      this.ballot = ballot;
      this.ballotAsked = ballot;
    }
  }

  private interface Workload {
    void run(CrashDisk disk, Progress progress) throws StorageException;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4096})
  void everySurvivorOfThreeGroupCommitsIsRecovered(int writeUnit) throws Exception {
    CrashDisk fresh = new CrashDisk().inUnitsOf(writeUnit);
    bootstrap(fresh).close();

    int cases = cutEverywhere(fresh, StorageOptions.defaults(), EveryCrashTest::threeCommits);

    assertThat(cases).isGreaterThan(100);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4096})
  void everySurvivorOfASealedSegmentIsRecovered(int writeUnit) throws Exception {
    CrashDisk nearlyFull = new CrashDisk().inUnitsOf(writeUnit);
    try (RaftStorage storage = bootstrap(nearlyFull, SMALL)) {
      saveBallot(storage, 1);
      append(storage, Entries.batch(1, 1, 1, 60_500));
    }

    int cases = cutEverywhere(nearlyFull, SMALL, EveryCrashTest::threeCommits);

    assertThat(cases).isGreaterThan(200);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4096})
  void everySurvivorOfABootstrapIsBootstrappedAgainOrResumed(int writeUnit) throws Exception {
    CrashDisk whole = new CrashDisk().inUnitsOf(writeUnit);
    bootstrap(whole);
    for (int cut = 0; cut < whole.operations(); cut++) {
      CrashDisk disk = new CrashDisk().inUnitsOf(writeUnit);
      disk.cutBefore(cut);
      try {
        bootstrap(disk);
        throw new AssertionError("not cut before " + cut);
      } catch (CrashDisk.PowerCut e) {
        for (CrashDisk after : survivors(disk)) {
          RaftStorage storage = Fixture.on(after).exists() ? resume(after) : bootstrap(after);
          assertThat(recovered(storage)).isEmpty();
          Fixture.founded(storage); // the power may have been cut in the founding
          saveBallot(storage, 1);
          append(storage, Entries.batch(1, 1, 1, 10));
          assertThat(recovered(resume(after.afterPowerCut(false)))).hasSize(1);
        }
      }
    }
  }

  private static void threeCommits(CrashDisk disk, Progress progress) throws StorageException {
    try (RaftStorage storage = resume(disk, SMALL)) {
      long next = recovered(storage).size() + 1L;
      vote(storage, progress, 2);
      commit(storage, progress, Entries.batch(next, 2, 2, 100));
      vote(storage, progress, 3);
      commit(
          storage, progress, Entries.batch(next + 2, 3, 1, 700), Entries.batch(next + 3, 3, 1, 9));
      vote(storage, progress, 4);
      commit(
          storage, progress, Entries.batch(next + 1, 4, 1, 50), Entries.batch(next + 2, 4, 2, 400));
    }
  }

  private static void vote(RaftStorage storage, Progress progress, long term) {
    progress.ballotAsked = term;
    saveBallot(storage, term);
    progress.ballot = term;
  }

  private static void commit(RaftStorage storage, Progress progress, EntryBatch... batches) {
    List<String> state = new ArrayList<>(progress.states.get(progress.states.size() - 1));
    for (EntryBatch batch : batches) {
      while (state.size() >= batch.firstIndex()) {
        state.remove(state.size() - 1);
      }
      state.addAll(Entries.texts(batch));
    }
    progress.states.add(state);
    assertThat(tryAppend(storage, batches)).isNull();
    progress.acknowledged = progress.states.size() - 1;
  }

  private static int cutEverywhere(CrashDisk start, StorageOptions options, Workload workload)
      throws StorageException {
    CrashDisk read = start.afterProcessCrash();
    RaftStorage begin = resume(read, options);
    List<String> before = recovered(begin);
    long ballot = begin.ballot().term();
    CrashDisk whole = start.afterProcessCrash();
    workload.run(whole, new Progress(before, ballot));
    int cases = 0;
    for (int cut = 0; cut <= whole.operations(); cut++) {
      CrashDisk disk = start.afterProcessCrash();
      disk.cutBefore(cut);
      Progress progress = new Progress(before, ballot);
      try {
        workload.run(disk, progress);
      } catch (CrashDisk.PowerCut e) {
        assertThat(cut).isLessThan(whole.operations());
      }
      for (CrashDisk after : survivors(disk)) {
        cases++;
        check(after, options, progress);
      }
    }
    return cases;
  }

  /** What a power cut may leave, each subset of what is unsynced, and what a process crash does. */
  private static List<CrashDisk> survivors(CrashDisk disk) {
    List<CrashDisk.Unsynced> unsynced = disk.unsynced();
    assertThat(unsynced.size()).isLessThanOrEqualTo(MOST_UNSYNCED);
    List<CrashDisk> all = new ArrayList<>();
    all.add(disk.afterProcessCrash());
    for (int subset = 0; subset < 1 << unsynced.size(); subset++) {
      Set<CrashDisk.Unsynced> surviving = new HashSet<>();
      for (int i = 0; i < unsynced.size(); i++) {
        if ((subset & 1 << i) != 0) {
          surviving.add(unsynced.get(i));
        }
      }
      all.add(disk.afterPowerCut(surviving));
    }
    return all;
  }

  private static void check(CrashDisk disk, StorageOptions options, Progress progress)
      throws StorageException {
    RaftStorage storage = resume(disk, options);
    List<String> found = recovered(storage);
    if (progress.acknowledged > 0) {
      assertThat(progress.states.subList(progress.acknowledged, progress.states.size()))
          .contains(found);
    }
    assertThat(storage.ballot().term())
        .isBetween(progress.ballot, Math.max(1, progress.ballotAsked));

    // D-h: all of it is durable before it is used, so the next cut takes nothing of it
    RaftStorage again = resume(disk.afterPowerCut(false), options);
    assertThat(recovered(again)).isEqualTo(found);
    assertThat(again.ballot()).isEqualTo(storage.ballot());

    // and what is appended now survives another cut
    saveBallot(storage, 5);
    append(storage, Entries.batch(found.size() + 1L, 5, 1, 33));
    List<String> more = recovered(resume(disk.afterPowerCut(false), options));
    assertThat(more).hasSize(found.size() + 1);
    assertThat(more.subList(0, found.size())).isEqualTo(found);
  }
}
