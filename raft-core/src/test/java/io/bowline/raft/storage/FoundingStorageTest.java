package io.bowline.raft.storage;

import static io.bowline.raft.storage.Fixture.CLUSTER;
import static io.bowline.raft.storage.Fixture.DIRECTORY;
import static io.bowline.raft.storage.Fixture.GROUP;
import static io.bowline.raft.storage.Fixture.INITIAL;
import static io.bowline.raft.storage.Fixture.NODE;
import static io.bowline.raft.storage.Fixture.OTHER;
import static io.bowline.raft.storage.Fixture.append;
import static io.bowline.raft.storage.Fixture.bootstrap;
import static io.bowline.raft.storage.Fixture.record;
import static io.bowline.raft.storage.Fixture.resume;
import static io.bowline.raft.storage.Fixture.saveBallot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.model.Founding;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.StartPair;
import java.nio.file.Path;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Identity and peers of a directory: founding, starts, fences (identity 1 to 12, STORAGE F0). */
class FoundingStorageTest {
  private static final Path IDENTITY = DIRECTORY.resolve(IdentityFile.NAME);
  private static final Path PEERS = DIRECTORY.resolve(PeersFile.NAME);

  private static RaftStorage fresh(CrashDisk disk) throws StorageException {
    return Fixture.on(disk).bootstrap(CLUSTER, GROUP, NODE, INITIAL, new SplittableRandom(1));
  }

  /** A step of a story that may be cut at each change of the disk. */
  private interface Step {
    void of(RaftStorage storage) throws StorageException;
  }

  /** What each survivor of a power cut in that step holds, however it was cut. */
  private static Set<String> afterEachCut(Step step) throws StorageException {
    TreeSet<String> seen = new TreeSet<>();
    CrashDisk whole = new CrashDisk();
    RaftStorage first = fresh(whole);
    int from = whole.operations();
    step.of(first);
    for (int cut = from; cut <= whole.operations(); cut++) {
      CrashDisk disk = new CrashDisk();
      RaftStorage storage = fresh(disk);
      disk.cutBefore(cut);
      boolean ended = false;
      try {
        step.of(storage);
        ended = true;
      } catch (CrashDisk.PowerCut e) {
        // what is left is looked at below
      }
      for (boolean survives : new boolean[] {true, false}) {
        String found = held(disk.afterPowerCut(survives));
        seen.add(found);
        if (ended) {
          assertThat(found).isEqualTo(held(whole.afterPowerCut(false)));
        }
      }
    }
    return seen;
  }

  private static String held(CrashDisk disk) {
    try {
      RaftStorage storage = resume(disk);
      return storage.identity().founding().state() + " " + storage.remembered().values();
    } catch (StorageException e) {
      return String.valueOf(e.getMessage()).replaceAll("\\. Ways.*", "");
    }
  }

  @Test
  void aCutInAStepLeavesWhatWasOrWhatShouldBe() throws Exception {
    assertThat(afterEachCut(storage -> storage.saveFounding(Founding.written(record(storage)))))
        .containsExactlyInAnyOrder("FRESH []", "WRITTEN []");
    assertThat(afterEachCut(storage -> storage.saveFounding(Founding.complete(record(storage)))))
        .containsExactlyInAnyOrder("COMPLETE []", "FRESH []");
    assertThat(afterEachCut(storage -> storage.remember(OTHER.incarnation(), new StartPair(2, 3))))
        .containsExactlyInAnyOrder("FRESH []", "FRESH [StartPair[counter=2, nonce=3]]");
    assertThat(afterEachCut(storage -> storage.fence("told by n2")))
        .containsExactlyInAnyOrder(DIRECTORY + " is fenced: told by n2", "FRESH []");
  }

  @Test
  void aFailedStepIsToldAndChangesNothingInMemory() throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = fresh(disk);
    disk.failForce(1);
    assertThatThrownBy(() -> storage.saveFounding(Founding.written(record(storage))))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(IDENTITY + " cannot be replaced")
        .hasMessageContaining("Input/output error");
    assertThat(storage.identity().founding()).isEqualTo(Founding.FRESH);
  }

  @Test
  void aDirectoryOfBeforeItsFoundingWithABallotOfAfterDoesNotOpen() throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = fresh(disk);
    byte[] old = disk.content(IDENTITY);
    Fixture.founded(storage);
    saveBallot(storage, 3);
    disk.spoil(IDENTITY, old);
    assertThatThrownBy(() -> resume(disk.afterProcessCrash()))
        .hasMessageContaining("is fenced: it holds a ballot of term 3, but its founding is FRESH")
        .hasMessageContaining("docs/operations/copies.md");

    append(storage, Entries.batch(1, 3, 1, 10));
    disk.spoil(IDENTITY, old);
    assertThatThrownBy(() -> resume(disk.afterProcessCrash()))
        .hasMessageContaining("a ballot of term 3 and entries");
  }

  @Test
  void withoutItsPeersADirectoryDoesNotOpenUnlessItIsTheOnlyVoter() throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk);
    storage.remember(OTHER.incarnation(), new StartPair(2, 3));
    storage.close();

    byte[] whole = disk.content(PEERS);
    for (int at = 0; at < whole.length; at++) {
      CrashDisk spoilt = disk.afterProcessCrash();
      byte[] bytes = whole.clone();
      bytes[at] ^= 0x10;
      spoilt.spoil(PEERS, bytes);
      assertThatThrownBy(() -> resume(spoilt))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(PEERS.toString())
          .hasMessageContaining("docs/operations/copies.md");
    }
    CrashDisk missing = disk.afterProcessCrash();
    missing.delete(PEERS);
    assertThatThrownBy(() -> resume(missing)).hasMessageContaining(PEERS + ": it is missing");

    CrashDisk alone = new CrashDisk();
    Membership one = Membership.of(Member.voter(NODE, "localhost:1"));
    Fixture.on(alone).bootstrap(CLUSTER, GROUP, NODE, one, new SplittableRandom(1)).close();
    alone.delete(PEERS);
    RaftStorage again = resume(alone);
    assertThat(again.remembered()).isEmpty();
    again.remember(OTHER.incarnation(), new StartPair(2, 3));
    again.close();
    assertThat(resume(alone).remembered()).hasSize(1);
  }

  @Test
  void anIdentityThatIsSpoiltAnywhereIsRefusedByName() throws Exception {
    CrashDisk disk = new CrashDisk();
    bootstrap(disk).close();
    byte[] whole = disk.content(IDENTITY);
    for (int at = 0; at < whole.length; at++) {
      byte[] bytes = whole.clone();
      bytes[at] ^= 0x41;
      disk.spoil(IDENTITY, bytes);
      assertThatThrownBy(() -> resume(disk))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(IDENTITY.toString());
    }
  }

  @Test
  void theLast4096StartsAreKnown() {
    Starts starts = Starts.first(1);
    for (long nonce = 2; nonce <= 5_000; nonce++) {
      starts = starts.next(nonce);
    }
    assertThat(starts.current()).isEqualTo(new StartPair(5_000, 5_000));
    assertThat(starts.nonces()).hasSize(Starts.KEPT);
    assertThat(starts.holds(new StartPair(905, 905))).isTrue();
    assertThat(starts.holds(new StartPair(904, 904))).isFalse();
    assertThat(starts.holds(new StartPair(5_001, 5_001))).isFalse();
    assertThat(starts.holds(new StartPair(4_000, 3_999))).isFalse();
    assertThat(starts.holds(new StartPair(Long.MIN_VALUE, 1))).isFalse();
    assertThat(starts.holds(new StartPair(Long.MAX_VALUE, 1))).isFalse();
  }

  @Test
  void aCopyThatIsStartedTwiceDoesNotHoldTheStartOfItsOriginal() throws Exception {
    CrashDisk original = new CrashDisk();
    bootstrap(original).close();
    CrashDisk copy = original.afterProcessCrash();
    StartPair met = resume(original).identity().current();

    for (int start = 0; start < 10; start++) {
      SplittableRandom random = new SplittableRandom(100 + start);
      RaftStorage again = Fixture.on(copy).resume(CLUSTER, GROUP, NODE, random);
      assertThat(again.identity().holds(met)).as("start " + start).isFalse();
      assertThat(again.identity().startCounter()).isGreaterThanOrEqualTo(met.counter());
      again.close();
    }
  }

  @Test
  void whoCountsIsBoundedAndNothingIsWrittenAfterTheClose() throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk);
    for (int i = 0; i < PeersFile.MOST; i++) {
      storage.remember(new Incarnation(i, i), new StartPair(1, i));
    }
    assertThatThrownBy(() -> storage.remember(new Incarnation(-1, 1), new StartPair(1, 1)))
        .isInstanceOf(IllegalArgumentException.class);
    storage.remember(new Incarnation(7, 7), new StartPair(2, 7));
    storage.close();
    assertThatThrownBy(() -> storage.remember(new Incarnation(7, 7), new StartPair(3, 7)))
        .isInstanceOf(StorageException.class);
    assertThatThrownBy(() -> storage.fence("late")).isInstanceOf(StorageException.class);

    assertThat(resume(disk).remembered())
        .hasSize(PeersFile.MOST)
        .containsEntry(new Incarnation(7, 7), new StartPair(2, 7));
  }
}
