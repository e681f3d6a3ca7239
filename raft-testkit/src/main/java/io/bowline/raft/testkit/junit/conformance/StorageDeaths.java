package io.bowline.raft.testkit.junit.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Peer;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.testkit.Prng;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What outlives a process and a power cut between two calls, and what never comes back. */
abstract class StorageDeaths extends StorageFoundings {
  private static final int RANDOM_LIVES = 4;
  private static final int STEPS = 120;

  @Test
  final void whatWasCompletedOutlivesTheProcess() throws StorageException {
    assumeTrue(place().medium().survivesKill(), "the medium does not survive its process");
    dieAfterEachCall(End.KILL);
  }

  @Test
  final void whatWasCompletedOutlivesAPowerCut() throws StorageException {
    assumeTrue(place().medium().survivesPowerCut(), "the medium does not survive a power cut");
    dieAfterEachCall(End.POWER_CUT);
  }

  private void dieAfterEachCall(End how) throws StorageException {
    for (int calls = 1; calls <= 6; calls++) {
      Place place = place();
      OpenedStorage storage = inTermOne(place);
      for (int call = 1; call <= calls; call++) {
        long next = place.model().lastIndex() + 1;
        if (call % 3 == 0) {
          storage.idle();
        } else {
          storage.append(
              Entries.commands(next, 1, call, 200 * call), Entries.commands(next + call, 1, 1, 10));
        }
      }
      end(place, storage, how);
      place.recover(how + " after " + calls + " calls that were completed");
    }
  }

  /** Raft paper §5.3: who has acknowledged an overwrite must not show the old entries again. */
  @Test
  final void whatWasOverwrittenNeverComesBack() throws StorageException {
    for (End how : endsOf(medium())) {
      for (End again : endsOf(medium())) {
        Place place = place();
        OpenedStorage storage = inTermOne(place);
        storage.append(Entries.commands(1, 1, 8, 60));
        storage.saveNextTerm(null);
        storage.append(Entries.commands(4, 2, 1, 60));
        end(place, storage, how);
        String story = how + " after an overwrite from 4 on";
        OpenedStorage next = place.recover(story);
        next.append(Entries.commands(5, 2, 1, 60));
        end(place, next, again);
        place.recover(story + ", one more entry, and " + again);
      }
    }
  }

  /** §5.2: a node votes once in a term, so a ballot that was completed is never forgotten. */
  @Test
  final void aBallotNeverGoesBack() throws StorageException {
    for (End how : endsOf(medium())) {
      Place place = place();
      OpenedStorage storage = place.bootstrap();
      Ballot last = Ballot.NONE;
      for (int term = 1; term <= 6; term++) {
        for (@Nullable Peer vote : new @Nullable Peer[] {null, Place.STRANGER}) {
          last = new Ballot(term, vote);
          storage.save(last);
          end(place, storage, how);
          storage = place.resume();
          assertEquals(last, storage.storage().ballot(), how + " after a ballot");
        }
      }
      for (int start = 0; start < 3; start++) {
        end(place, storage, how);
        storage = place.resume();
        assertEquals(last, storage.storage().ballot(), how + " without a ballot between");
      }
    }
  }

  /** STORAGE D-h: nothing is durable because it was read. */
  @Test
  final void whatAStartHasFoundOutlivesAPowerCut() throws StorageException {
    StorageMedium first = place().medium();
    assumeTrue(first.survivesKill() && first.survivesPowerCut(), "the medium survives no death");
    if (first instanceof DiskMedium) {
      for (int at = 1; foundOutlives(Strike.kill(at)); at++) {
        assertTrue(at < 1_000, "appends change the disk without end");
      }
    } else {
      foundOutlives(Strike.NEVER);
    }
  }

  /** False if that strike is behind the end of the story. */
  private boolean foundOutlives(Strike strike) throws StorageException {
    Place place = place();
    OpenedStorage storage = inTermOne(place);
    boolean struck = true;
    try {
      if (place.medium() instanceof DiskMedium disk) {
        disk.current().arm(strike);
      }
      storage.append(Entries.commands(1, 1, 4, 300));
      storage.append(Entries.commands(5, 1, 4, 900));
      struck = false;
    } catch (Killed killed) {
      // what it has written is in the page cache now, and nowhere else
    }
    place.medium().killProcess();
    place.recover("killed in an append, " + strike);
    place.medium().powerCut();
    place.recover("a power cut right after the start that followed " + strike);
    return struck;
  }

  /** Random calls, ends and starts beside the model. */
  @Test
  final void aLongLifeEqualsTheModel() throws StorageException {
    for (int seed = 1; seed <= RANDOM_LIVES; seed++) {
      Place place = place();
      Prng random = new Prng(seed);
      List<End> ends = endsOf(place.medium());
      OpenedStorage storage = inTermOne(place);
      for (int step = 0; step < STEPS; step++) {
        int what = random.nextInt(20);
        if (what < 10) {
          storage.append(batches(place, storage, random));
        } else if (what < 12) {
          storage.saveNextTerm(random.nextBoolean() ? Place.SELF : null);
        } else if (what < 13) {
          storage.idle();
        } else if (what < 18) {
          readSomewhere(place, storage, random);
        } else {
          End how = ends.get(random.nextInt(ends.size()));
          end(place, storage, how);
          storage = place.recover("seed " + seed + ", step " + step + ", " + how);
        }
      }
      storage.requireModel();
    }
  }

  private static EntryBatch[] batches(Place place, OpenedStorage storage, Prng random) {
    long last = place.model().lastIndex();
    long first = last + 1;
    if (last > 0 && random.nextInt(4) == 0) {
      storage.saveNextTerm(null); // nobody overwrites entries of his own term
      first = Math.max(1, last - random.nextInt(6));
    }
    EntryBatch[] batches = new EntryBatch[1 + random.nextInt(3)];
    for (int i = 0; i < batches.length; i++) {
      int bytes = random.nextInt(15) == 0 ? random.nextInt(40_000) : random.nextInt(300);
      long term = place.model().ballot().term();
      batches[i] = Entries.commands(first, term, 1 + random.nextInt(4), bytes);
      first = batches[i].lastIndex() + 1;
    }
    return batches;
  }

  private static void readSomewhere(Place place, OpenedStorage storage, Prng random)
      throws StorageException {
    long last = place.model().lastIndex();
    if (last > 0) {
      long first = 1 + random.nextLong(last);
      EntryBatch batch = storage.storage().read(first, random.logUniform(1, 50_000));
      assertEquals(
          place.model().log().subList((int) first - 1, (int) first - 1 + batch.count()),
          Entries.of(batch));
    }
  }
}
