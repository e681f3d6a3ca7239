package io.bowline.raft.testkit.junit.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.TermRun;
import io.bowline.raft.storage.Identity;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.storage.StorageProvider;
import io.bowline.raft.testkit.Prng;
import io.bowline.raft.testkit.junit.conformance.Entries.Framed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What each call of the storage's interface promises, without any death. */
abstract class StorageRules {
  private static final int LARGE = 300_000;
  private static final int APPENDS_BESIDE_READS = 150;

  private final List<StorageMedium> media = new ArrayList<>();

  /** A new, empty place for one storage; asked for several times by one test. */
  protected abstract StorageMedium medium();

  /** How long a write may take before it counts as never completed; 10 s if not overridden. */
  protected Duration patience() {
    return Duration.ofSeconds(10);
  }

  final Place place() {
    return place(medium());
  }

  final Place place(StorageMedium medium) {
    media.add(medium);
    return new Place(medium, patience());
  }

  @AfterEach
  final void closeMedia() {
    media.forEach(StorageMedium::close);
  }

  /** A storage in term 1, in which nodes may write entries. */
  final OpenedStorage inTermOne(Place place) throws StorageException {
    OpenedStorage storage = place.bootstrap();
    storage.saveNextTerm(Place.SELF);
    return storage;
  }

  @Test
  final void aNewStorageIsEmptyAndThereIsNoneBeforeIt() throws StorageException {
    Place place = place();
    assertFalse(place.medium().process().exists(), "a storage exists before the bootstrap");

    OpenedStorage storage = place.bootstrap();

    assertEquals(Ballot.NONE, storage.storage().ballot());
    assertEquals(LogShape.EMPTY, storage.storage().log());
    assertTrue(storage.storage().read(1, 1000).isEmpty(), "an entry in an empty log");
    assertEquals(1, storage.storage().identity().startCounter(), "the first start");
    storage.close();
    assertTrue(place.medium().process().exists(), "no storage exists after the bootstrap");
  }

  @Test
  final void whatDoesNotExistIsNotResumed() {
    assertThrows(StorageException.class, place()::resume);
  }

  @Test
  final void aSecondBootstrapIsRefusedAndHarmsNothing() throws StorageException {
    Place place = place();
    OpenedStorage storage = inTermOne(place);
    storage.append(Entries.commands(1, 1, 3, 20));
    storage.close();

    assertThrows(StorageException.class, place::bootstrap);

    place.recover("after a bootstrap that was refused");
  }

  @Test
  final void anotherClusterGroupOrNodeIsRefused() throws StorageException {
    Place place = place();
    place.bootstrap().close();
    StorageProvider process = place.medium().process();

    refused(process, ClusterId.of("other"), Place.GROUP, Place.NODE);
    refused(process, Place.CLUSTER, GroupId.of("other"), Place.NODE);
    refused(process, Place.CLUSTER, Place.GROUP, Place.OTHER);
    place.resume(process).close();
  }

  private void refused(StorageProvider process, ClusterId cluster, GroupId group, NodeId node) {
    assertThrows(
        StorageException.class,
        () -> process.resume(cluster, group, node, new Prng(2)),
        () -> cluster + ", " + group + ", " + node + " opened the storage of another");
  }

  @Test
  final void whatIsOpenIsNotOpenedTwice() throws StorageException {
    Place place = place();
    StorageProvider process = place.medium().process();
    OpenedStorage storage = place.bootstrap(process);

    assertThrows(StorageException.class, () -> place.resume(process), "opened twice");
    storage.close();
    place.resume(process).close();
  }

  @Test
  final void theIncarnationStaysAndTheStartCounterGrows() throws StorageException {
    Place place = place();
    OpenedStorage storage = place.bootstrap();
    Identity before = storage.storage().identity();
    assertEquals(Place.CLUSTER, before.cluster());
    assertEquals(Place.GROUP, before.group());
    assertEquals(Place.NODE, before.node());
    assertEquals(Place.INITIAL, before.list());
    storage.close();

    for (int start = 2; start < 5; start++) {
      OpenedStorage again = place.resume();
      Identity now = again.storage().identity();
      again.close();
      assertEquals(before.incarnation(), now.incarnation());
      assertEquals(Place.INITIAL, now.list());
      assertTrue(now.startCounter() > before.startCounter(), before + " came again: " + now);
      before = now;
    }
  }

  @Test
  final void entriesAreReadByteForByte() throws StorageException {
    Place place = place();
    OpenedStorage storage = inTermOne(place);
    long next = 1;
    for (EntryType type : EntryType.values()) {
      byte[] payload = Entries.payloadOf(type, next, 1);
      storage.append(Entries.one(next++, 1, type, payload));
    }
    storage.append(Entries.one(next, 1, EntryType.COMMAND, Entries.payload(next, 1, LARGE)));

    storage.requireModel();
    storage.close();
    place.recover("after a close").requireModel();
  }

  @Test
  final void aReadGivesOneEntryAtLeastAndNoMoreBytesThanAsked() throws StorageException {
    OpenedStorage storage = inTermOne(place());
    storage.append(Entries.commands(1, 1, 5, 100), Entries.commands(6, 1, 5, 200));
    storage.append(Entries.commands(11, 1, 10, 50));

    for (long first = 1; first <= 20; first++) {
      for (long maxBytes : new long[] {1, 139, 140, 141, 500, 1_000, 100_000}) {
        EntryBatch batch = storage.storage().read(first, maxBytes);
        String story = "from " + first + " on, at most " + maxBytes + " bytes, gave " + batch;
        assertFalse(batch.isEmpty(), story);
        assertEquals(first, batch.firstIndex(), story);
        assertTrue(batch.count() == 1 || batch.byteLength() <= maxBytes, story);
      }
    }
    assertTrue(storage.storage().read(21, 100_000).isEmpty(), "entries behind the end");
    storage.requireModel();
  }

  @Test
  final void anOverwriteDropsWhatStoodBehindIt() throws StorageException {
    Place place = place();
    OpenedStorage storage = inTermOne(place);
    storage.append(Entries.commands(1, 1, 10, 30));
    storage.saveNextTerm(null);

    storage.append(Entries.commands(4, 2, 2, 30));
    storage.requireModel();
    storage.saveNextTerm(null);
    storage.append(Entries.commands(6, 2, 3, 30), Entries.commands(7, 3, 1, 30));
    storage.requireModel();
    storage.close();

    OpenedStorage again = place.recover("after an overwrite");
    again.saveNextTerm(null);
    again.append(Entries.commands(1, 4, 1, 30));
    again.requireModel();
  }

  @Test
  final void eachWriteIsCompletedOnce() throws StorageException {
    OpenedStorage storage = inTermOne(place());
    List<OpenedStorage.Pending> told = new ArrayList<>();

    for (int i = 1; i <= 3; i++) {
      OpenedStorage.Pending append = new OpenedStorage.Pending(() -> {});
      storage.storage().append(List.of(Entries.commands(i, 1, 1, 10)), 0, append);
      requireDone(append);
      OpenedStorage.Pending sync = new OpenedStorage.Pending(() -> {});
      storage.storage().idle(sync);
      requireDone(sync);
      OpenedStorage.Pending vote = new OpenedStorage.Pending(() -> {});
      storage.storage().saveBallot(new Ballot(i, Place.SELF), vote);
      requireDone(vote);
      told.addAll(List.of(append, sync, vote));
    }

    storage.close();
    for (OpenedStorage.Pending one : told) {
      assertNull(one.poll(1), "a write was completed twice");
    }
  }

  private void requireDone(OpenedStorage.Pending pending) {
    assertNull(pending.require(patience(), "a write").failure(), "a write failed on a whole disk");
  }

  @Test
  final void theShapeOfTheLogIsTold() throws StorageException {
    Place place = place();
    OpenedStorage storage = inTermOne(place);
    storage.append(Entries.one(1, 1, EntryType.MEMBERSHIP, Place.INITIAL.encode()));
    storage.append(Entries.commands(2, 1, 4, 10));
    storage.save(new Ballot(4, null));
    storage.append(Entries.commands(5, 4, 2, 10));
    EntryBatch last = Entries.one(7, 4, EntryType.MEMBERSHIP, Place.INITIAL.encode());
    storage.append(last);
    storage.close();

    LogShape shape = place.resume().storage().log();

    assertEquals(EntryId.ZERO, shape.before());
    assertEquals(List.of(new TermRun(1, 1, 4), new TermRun(4, 5, 7)), shape.runs());
    assertEquals(
        List.of(
            new EntryBatch.MembershipAt(new EntryId(1, 1), Place.INITIAL),
            new EntryBatch.MembershipAt(new EntryId(7, 4), Place.INITIAL)),
        shape.memberships());
    assertEquals(last.lastTime(), shape.lastTime());
  }

  @Test
  final void termAndVoteAreKept() throws StorageException {
    Place place = place();
    place.bootstrap().close();
    for (Ballot ballot :
        List.of(
            new Ballot(1, null),
            new Ballot(1, Place.SELF),
            new Ballot(2, Place.STRANGER),
            new Ballot(1L << 40, null))) {
      OpenedStorage storage = place.resume();
      storage.save(ballot);
      storage.close();
      OpenedStorage again = place.resume();
      assertEquals(ballot, again.storage().ballot());
      again.close();
    }
  }

  @Test
  final void startingAgainAndAgainFindsTheSame() throws StorageException {
    Place place = place();
    OpenedStorage storage = inTermOne(place);
    storage.append(Entries.commands(1, 1, 6, 100));
    storage.saveNextTerm(Place.STRANGER);
    storage.append(Entries.commands(5, 2, 4, 100));
    storage.close();

    for (int start = 0; start < 6; start++) {
      OpenedStorage again = place.resume();
      place.requireLegal(again, "start " + (start + 2) + " without a write between");
      again.close();
    }
  }

  /** The interface lets other threads read while one write is under way. */
  @Test
  final void readsMayRunBesideWrites() throws Exception {
    OpenedStorage storage = inTermOne(place());
    storage.append(Entries.commands(1, 1, 1, 500));
    AtomicReference<@Nullable Throwable> problem = new AtomicReference<>();
    CountDownLatch reading = new CountDownLatch(1);
    Thread reader =
        new Thread(() -> readWhileItGrows(storage, reading, problem), "conformance-reader");
    reader.start();
    assertTrue(reading.await(30, TimeUnit.SECONDS), "a read hangs");

    for (int index = 2; index <= APPENDS_BESIDE_READS; index++) {
      storage.append(Entries.commands(index, 1, 1, 500));
    }

    reader.join(TimeUnit.SECONDS.toMillis(30));
    assertFalse(reader.isAlive(), "a read hangs beside writes");
    Throwable found = problem.get();
    if (found != null) {
      throw new AssertionError("a read beside writes went wrong", found);
    }
    storage.requireModel();
  }

  private static void readWhileItGrows(
      OpenedStorage storage, CountDownLatch reading, AtomicReference<@Nullable Throwable> problem) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    int seen = 1;
    try {
      while (seen < APPENDS_BESIDE_READS) {
        EntryBatch batch = storage.storage().read(Math.max(1, seen - 3), 4_000);
        for (Framed entry : Entries.of(batch)) {
          EntryBatch expected = Entries.commands(entry.id().index(), 1, 1, 500);
          assertEquals(Entries.of(expected).get(0), entry);
        }
        assertFalse(batch.isEmpty(), "nothing at " + seen + ", where an entry was read before");
        seen = (int) Math.max(seen, batch.lastIndex());
        reading.countDown();
        assertTrue(System.nanoTime() < deadline, "entries that were completed are not read");
      }
    } catch (StorageException | RuntimeException | AssertionError e) {
      problem.set(e);
    } finally {
      reading.countDown();
    }
  }
}
