package io.bowline.raft.testkit.junit.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.StartPair;
import io.bowline.raft.storage.Identity;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * How a storage goes through its founding, and what it knows of starts (identity 1 to 6, 11, 12).
 */
abstract class StorageFoundings extends StorageRules {
  private static final Incarnation MET = Place.STRANGER.incarnation();

  /** How one life of a process ends. */
  enum End {
    CLOSE,
    KILL,
    POWER_CUT
  }

  static List<End> endsOf(StorageMedium medium) {
    List<End> ends = new ArrayList<>(List.of(End.CLOSE));
    if (medium.survivesKill()) {
      ends.add(End.KILL);
    }
    if (medium.survivesPowerCut()) {
      ends.add(End.POWER_CUT);
    }
    return ends;
  }

  static void end(Place place, OpenedStorage storage, End how) {
    switch (how) {
      case CLOSE -> storage.close();
      case KILL -> place.medium().killProcess();
      case POWER_CUT -> place.medium().powerCut();
    }
  }

  /** STORAGE O2. */
  @Test
  final void nothingIsWrittenBeforeTheFoundingIsComplete() throws StorageException {
    Place place = place();
    OpenedStorage storage = place.fresh(place.medium().process());
    assertEquals(Founding.FRESH, storage.storage().identity().founding());
    refusesWrites(storage.storage());

    storage.storage().saveFounding(Founding.written(Place.record(storage.storage())));
    refusesWrites(storage.storage());

    storage.storage().saveFounding(Founding.complete(Place.record(storage.storage())));
    storage.saveNextTerm(Place.SELF);
    storage.append(Entries.commands(1, 1, 1, 10));
  }

  private static void refusesWrites(RaftStorage storage) {
    assertThrows(
        IllegalStateException.class,
        () -> storage.saveBallot(new Ballot(1, Place.SELF), failure -> {}),
        "a ballot before the founding is complete");
    assertThrows(
        IllegalStateException.class,
        () -> storage.append(List.of(Entries.commands(1, 1, 1, 10)), 0, failure -> {}),
        "an entry before the founding is complete");
  }

  /** Each step is durable when its call returns, and a complete founding stands for ever. */
  @Test
  final void theFoundingIsKept() throws StorageException {
    for (End how : endsOf(medium())) {
      Place place = place();
      OpenedStorage storage = place.fresh(place.medium().process());
      Membership record = Place.record(storage.storage());
      Membership other = record.naming(Place.OTHER, new Incarnation(1, 1));
      for (Founding step :
          List.of(Founding.written(other), Founding.written(record), Founding.complete(record))) {
        storage.storage().saveFounding(step);
        assertEquals(step, storage.storage().identity().founding());
        end(place, storage, how);
        storage = place.resume();
        assertEquals(step, storage.storage().identity().founding(), how + " after " + step);
      }
      RaftStorage complete = storage.storage();
      assertThrows(
          IllegalStateException.class, () -> complete.saveFounding(Founding.complete(other)));
      assertEquals(Founding.complete(record), complete.identity().founding());
    }
  }

  /** What an old copy of a peer is known by. */
  @Test
  final void theStartsOfOthersAreRemembered() throws StorageException {
    for (End how : endsOf(medium())) {
      Place place = place();
      OpenedStorage storage = place.bootstrap();
      assertEquals(Map.of(), storage.storage().remembered());
      for (StartPair pair : List.of(new StartPair(3, 5), new StartPair(4, -9))) {
        storage.storage().remember(MET, pair);
        end(place, storage, how);
        storage = place.resume();
        assertEquals(Map.of(MET, pair), storage.storage().remembered(), how + " after " + pair);
      }
    }
  }

  /** A counter alone proves nothing: a copy that is started twice has a higher one. */
  @Test
  final void eachStartHasANonceThatOnlyItsDirectoryHolds() throws StorageException {
    Place place = place();
    List<StartPair> starts = new ArrayList<>();
    OpenedStorage storage = place.bootstrap();
    for (int start = 1; start <= 4; start++) {
      Identity now = storage.storage().identity();
      starts.add(now.current());
      for (StartPair earlier : starts) {
        assertTrue(now.holds(earlier), "start " + start + " forgot " + earlier);
        assertFalse(now.holds(new StartPair(earlier.counter(), earlier.nonce() + 1)));
      }
      assertFalse(now.holds(new StartPair(start + 1, now.current().nonce())), "not started yet");
      storage.close();
      storage = place.resume();
    }
    assertEquals(4, starts.stream().map(StartPair::nonce).distinct().count(), "nonces " + starts);
    assertNotEquals(starts.get(3), storage.storage().identity().current());
  }

  @Test
  final void whatIsFencedTakesNothingAndIsNotOpenedAgain() throws StorageException {
    for (End how : endsOf(medium())) {
      Place place = place();
      OpenedStorage storage = inTermOne(place);

      storage.storage().fence("n2 remembers a start that this directory does not");

      OpenedStorage.Pending vote = new OpenedStorage.Pending(() -> {});
      storage.storage().saveBallot(new Ballot(9, Place.SELF), vote);
      assertNotNull(vote.require(patience(), "a vote of a copy").failure(), "a copy may not vote");
      end(place, storage, how);
      StorageException said = assertThrows(StorageException.class, place::resume);
      assertTrue(String.valueOf(said.getMessage()).contains("n2 remembers"), said.getMessage());
    }
  }
}
