package io.bowline.raft.testkit.junit.conformance;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.storage.StorageProvider;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every storage has to do, as tests: extend this, say what the storage is kept on, and run it.
 *
 * <pre>{@code
 * class MyStorageTest extends StorageConformance {
 *   @Override
 *   protected StorageMedium medium() {
 *     return StorageMedium.onDisk(disk -> new MyStorage(disk, Path.of("/data")));
 *   }
 * }
 * }</pre>
 *
 * A storage that is built on {@link io.bowline.raft.storage.Disk} is also killed and failed at each
 * of its changes to the disk. One that has a medium of its own implements {@link StorageMedium} and
 * says which deaths it survives; the tests that it cannot take are skipped with a reason.
 * Everything is drawn from fixed seeds: a failure comes again.
 */
public abstract class StorageConformance extends StorageDeaths {
  private static final int ENDLESS = 2_000;
  private static final int LARGE = 24_000;

  /** Changes before which a life ends whose recovery is then struck at each change of its own. */
  private static final int FIRST = 8;

  private static final int STRIDE = 15;
  private static final int ENOUGH = 80;

  /** For JUnit, which makes one for each test. */
  protected StorageConformance() {}

  private DiskMedium disk(long seed) {
    StorageMedium medium = medium();
    assumeTrue(medium instanceof DiskMedium, "the storage is not built on Disk");
    return ((DiskMedium) medium).another(seed);
  }

  /** For rules: appends, ballots, overwrites, idle times and enough bytes for a second segment. */
  private static boolean live(OpenedStorage storage) {
    return storage.trySave(new Ballot(1, Place.SELF)) == null
        && storage.tryAppend(Entries.commands(1, 1, 2, 100)) == null
        && storage.tryAppend(Entries.commands(3, 1, 2, 700), Entries.commands(5, 1, 1, 9)) == null
        && storage.trySave(new Ballot(2, null)) == null
        && storage.tryAppend(Entries.commands(4, 2, 1, 1_500)) == null
        && storage.tryIdle() == null
        && storage.tryAppend(Entries.commands(5, 2, 1, LARGE)) == null
        && storage.tryAppend(Entries.commands(6, 2, 1, LARGE)) == null
        && storage.tryAppend(Entries.commands(7, 2, 1, LARGE)) == null
        && storage.trySave(new Ballot(3, Place.STRANGER)) == null
        && storage.tryAppend(Entries.commands(7, 3, 3, 40)) == null;
  }

  /** A place whose process has lived until that strike; {@code null} if it is behind the end. */
  private @Nullable Place struck(long seed, Strike strike) throws StorageException {
    Place place = place(disk(seed));
    DiskMedium medium = (DiskMedium) place.medium();
    OpenedStorage storage = place.bootstrap();
    medium.current().arm(strike);
    try {
      live(storage);
    } catch (Killed killed) {
      return place;
    }
    assertTrue(strike.at() < ENDLESS, "a short life changes the disk without end");
    return medium.current().isStruck() ? place : null;
  }

  private static void lose(Place place, double survival) {
    ((DiskMedium) place.medium()).powerCut(survival);
  }

  /** What was recovered is a log like any other: it takes entries, which are durable too. */
  private static void requireUsable(Place place, OpenedStorage storage, String story)
      throws StorageException {
    storage.saveNextTerm(null);
    long next = place.model().lastIndex() + 1;
    storage.append(Entries.commands(next, place.model().ballot().term(), 2, 90));
    lose(place, 0);
    place.recover(story + ", then two entries and a power cut").close();
  }

  @Test
  final void aDeathAtAnyChangeOfTheDiskLosesNothingThatWasCompleted() throws StorageException {
    for (End how : List.of(End.KILL, End.POWER_CUT)) {
      int at = 1;
      for (Place place = struck(at, Strike.kill(at)); place != null; ) {
        String story = how + " before change " + at + " of the disk";
        if (how == End.KILL) {
          place.medium().killProcess();
        } else {
          lose(place, 0);
        }
        requireUsable(place, place.recover(story), story);
        at++;
        place = struck(at, Strike.kill(at));
      }
      assertTrue(at > 1, "a storage that never changes its disk");
    }
  }

  @Test
  final void aTornWriteIsNeverHalfAnEntry() throws StorageException {
    int at = 1;
    for (Place place = struck(at, Strike.tear(at)); place != null; ) {
      lose(place, 1);
      place.recover("write " + at + " ended after half of its sectors");
      place = struck(++at, Strike.tear(at));
    }
    at = 1;
    for (Place place = struck(at, Strike.kill(at)); place != null; ) {
      lose(place, 0.5);
      String story = "a power cut before change " + at + " took half of the sectors";
      requireUsable(place, place.recover(story), story);
      place = struck(++at, Strike.kill(at));
    }
  }

  /** STORAGE D-e. */
  @Test
  final void afterAFailedWriteOrForceNothingIsCompletedAnyMore() throws StorageException {
    int poisoned = 0;
    for (End how : List.of(End.KILL, End.POWER_CUT)) {
      int at = 1;
      boolean struck = true;
      while (struck) {
        assertTrue(at < ENDLESS, "a short life changes the disk without end");
        Place place = place(disk(at));
        OpenedStorage storage = place.bootstrap();
        StruckDisk process = ((DiskMedium) place.medium()).current();
        process.arm(Strike.fail(at));
        boolean whole = live(storage);
        struck = process.isStruck();
        String story = "write or force " + at + " failed";
        if (!whole) {
          assertTrue(struck, "a write failed on a whole disk");
          requirePoisoned(place, storage, story);
          poisoned++;
        }
        end(place, storage, how);
        place.recover(story + ", then " + how);
        lose(place, 0);
        place.recover(story + ", then " + how + " and a power cut");
        at++;
      }
    }
    assertTrue(poisoned > 0, "no failed write or force was ever told");
  }

  /** Beside the model: what fails is not under way. */
  private void requirePoisoned(Place place, OpenedStorage storage, String story) {
    OpenedStorage.Pending ballot = new OpenedStorage.Pending(() -> {});
    storage.storage().saveBallot(new Ballot(9, Place.STRANGER), ballot);
    requireFailure(ballot, "a ballot after " + story);
    if (place.model().ballot().term() > 0) { // else nobody may append
      OpenedStorage.Pending append = new OpenedStorage.Pending(() -> {});
      storage.storage().append(List.of(Entries.commands(1, 1, 1, 33)), 0, append);
      requireFailure(append, "an append after " + story);
    }
  }

  private void requireFailure(OpenedStorage.Pending pending, String what) {
    assertNotNull(pending.require(patience(), what).failure(), what + " was reported as durable");
  }

  /** Recovery changes the disk too, and is done again from wherever it was cut. */
  @Test
  final void aDeathInRecoveryIsRecoveredFrom() throws StorageException {
    for (int before = FIRST; before < ENOUGH; before += STRIDE) {
      boolean struck = true;
      for (int at = 1; struck; at++) {
        Place place = struck(at, Strike.kill(before));
        if (place == null) {
          break;
        }
        place.medium().killProcess();
        DiskMedium medium = (DiskMedium) place.medium();
        StorageProvider process = medium.process(Strike.kill(at));
        String story = "change " + before + ", then change " + at + " of the recovery";
        struck = !opens(place, process, story);
        assertTrue(at < ENDLESS, "recovery changes the disk without end");
        if (at % 2 == 0) {
          lose(place, at % 4 == 0 ? 0 : 0.5);
        } else {
          medium.killProcess();
        }
        place.recover("killed before " + story);
        lose(place, 0);
        place.recover("a power cut after " + story);
      }
    }
  }

  /** Opens it, which must be legal; false if it dies in that. */
  private static boolean opens(Place place, StorageProvider process, String story)
      throws StorageException {
    try {
      place.requireLegal(place.resume(process), story);
      return true;
    } catch (Killed killed) {
      return false;
    }
  }

  /** STORAGE D-e, D-h: what could not be made durable is not served. */
  @Test
  final void aRecoveryThatCannotWriteDoesNotServe() throws StorageException {
    int refused = 0;
    for (int before = FIRST; before < ENOUGH; before += STRIDE) {
      boolean struck = true;
      for (int at = 1; struck; at++) {
        Place place = struck(at, Strike.kill(before));
        if (place == null) {
          break;
        }
        place.medium().killProcess();
        DiskMedium medium = (DiskMedium) place.medium();
        String story = "write or force " + at + " of the recovery failed";
        try {
          place.requireLegal(place.resume(medium.process(Strike.fail(at))), story);
        } catch (StorageException said) {
          refused++;
        }
        struck = medium.current().isStruck();
        assertTrue(at < ENDLESS, "recovery changes the disk without end");
        lose(place, 0);
        place.recover("a power cut after " + story);
      }
    }
    assertTrue(refused > 0, "no failure in a recovery was ever told");
  }

  @Test
  final void aBootstrapThatIsCutLeavesAPlaceThatOpens() throws StorageException {
    for (double survival : new double[] {0, 0.5, 1}) {
      boolean struck = true;
      for (int at = 1; struck; at++) {
        Place place = place(disk(at));
        DiskMedium medium = (DiskMedium) place.medium();
        try {
          place.bootstrap(medium.process(Strike.kill(at)));
        } catch (Killed killed) {
          // what is left is looked at below
        }
        struck = medium.current().isStruck();
        assertTrue(at < ENDLESS, "a bootstrap changes the disk without end");
        lose(place, survival);
        StorageProvider next = medium.process();
        OpenedStorage storage = next.exists() ? place.resume(next) : place.bootstrap(next);
        place.requireLegal(storage, "a bootstrap that died before change " + at);
        Place.found(storage.storage());
        requireUsable(place, storage, "a bootstrap that died before change " + at);
      }
    }
  }

  /** STORAGE D-e: a lack of room is told and waited out, nothing fails and nothing is lost. */
  @Test
  final void aFullDiskIsToldAndIsNoFailedWrite() throws StorageException {
    Place place = place(disk(1));
    DiskMedium medium = (DiskMedium) place.medium();
    OpenedStorage storage = inTermOne(place);
    storage.append(Entries.commands(1, 1, 1, LARGE));
    medium.full(true);

    OpenedStorage.Pending held = null;
    while (held == null) {
      EntryBatch next = Entries.commands(place.model().lastIndex() + 1, 1, 1, LARGE);
      OpenedStorage.Pending append = storage.beginAppend(next);
      OpenedStorage.End end = append.poll(storage.lacksRoom() ? 20 : patience().toMillis());
      if (end == null) {
        held = append;
      } else {
        assertNull(end.failure(), "a full disk is no failed write");
        assertTrue(place.model().lastIndex() < ENDLESS, "a full disk takes entries without end");
      }
    }
    assertTrue(storage.wasToldOfLack(), "an append waits for room, and nobody was told of it");

    medium.full(false);
    storage.storage().seekRoom();
    String waited = "the append that waited for room";
    assertNull(held.require(patience(), waited).failure(), waited);
    assertTrue(!storage.lacksRoom(), "there is room again, and nobody was told of it");
    storage.append(Entries.commands(place.model().lastIndex() + 1, 1, 1, LARGE));
    lose(place, 0);
    place.recover("a disk that was full for a while");
  }
}
