package io.bowline.raft.storage;

import static io.bowline.raft.storage.Fixture.SMALL;
import static io.bowline.raft.storage.Fixture.append;
import static io.bowline.raft.storage.Fixture.bootstrap;
import static io.bowline.raft.storage.Fixture.idle;
import static io.bowline.raft.storage.Fixture.recovered;
import static io.bowline.raft.storage.Fixture.resume;
import static io.bowline.raft.storage.Fixture.saveBallot;
import static io.bowline.raft.storage.Fixture.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.model.ClusterId;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * What was durable and is spoilt is damage (STORAGE D-a, D-g): the node refuses to start, says
 * where, which indexes and the way out, and changes nothing. Cases 3 to 7, 10 to 15 and 21.
 */
class DamagedLogTest {
  private static final String WAY_OUT = "Ways out: docs/operations/damaged-log.md";

  /** Five blocks in an open segment: 1..4, 5, overwritten 3..4, 5..7, 8. */
  private static CrashDisk fiveBlocks() throws StorageException {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 2);
    append(storage, Entries.batch(1, 1, 4, 300));
    append(storage, 2, Entries.batch(5, 1, 1, 300));
    append(storage, 2, Entries.batch(3, 2, 2, 300));
    append(storage, 2, Entries.batch(5, 2, 3, 300));
    append(storage, 4, Entries.batch(8, 2, 1, 300));
    return disk.afterPowerCut(false);
  }

  /** Three segments, the first two sealed. */
  private static CrashDisk threeSegments() throws StorageException {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk, SMALL);
    saveBallot(storage, 1);
    for (int i = 0; i < 15; i++) {
      append(storage, i * 10L, Entries.batch(1 + 10L * i, 1, 10, 1000));
    }
    CrashDisk cut = disk.afterPowerCut(false);
    assertThat(cut.files()).contains(segment(3)).doesNotContain(segment(4));
    return cut;
  }

  private static void assertRefused(CrashDisk disk, String... parts) {
    int before = disk.operations();
    assertThatThrownBy(() -> resume(disk))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(WAY_OUT)
        .message()
        .contains(parts);
    assertThat(disk.operations()).as("operations that change something").isEqualTo(before);
  }

  @Test
  void case3ATornBlockThatALaterOneProvesDurableIsDamage() throws Exception {
    CrashDisk disk = fiveBlocks();
    Block fourth = Blocks.of(disk, 1).get(3);
    Blocks.zero(disk, segment(1), fourth.offset() + 512, fourth.end());

    assertRefused(
        disk,
        segment(1).toString(),
        "index 6 is faulty",
        "index 7 is faulty",
        "up to 4 are proven");
  }

  @Test
  void case4ABitInAPayloadMakesExactlyThatIndexFaulty() throws Exception {
    CrashDisk disk = fiveBlocks();
    Block fourth = Blocks.of(disk, 1).get(3);
    long secondFrame = fourth.offset() + Block.HEADER_BYTES + 340;
    Blocks.flip(disk, segment(1), secondFrame + 40 + 7);

    assertRefused(
        disk, "the payload of 6@2 gives CRC32C 0x", "at byte " + secondFrame, "index 6 is faulty");
  }

  @Test
  void case5ABitInASealedSegmentsPayloadIsDamage() throws Exception {
    CrashDisk disk = threeSegments();
    Block second = Blocks.of(disk, 1).get(1);
    Blocks.flip(disk, segment(1), second.offset() + Block.HEADER_BYTES + 40);

    assertRefused(disk, segment(1).toString(), "the payload of 11@1", "index 11 is faulty");
  }

  @Test
  void case5ABitInASealedSegmentsBlockHeaderMakesItsIndexesFaulty() throws Exception {
    CrashDisk disk = threeSegments();
    Block second = Blocks.of(disk, 1).get(1);
    Blocks.flip(disk, segment(1), second.offset() + 30);

    assertRefused(
        disk, "block 2 cannot be read at byte " + second.offset(), "indexes 11 to 20 are faulty");
  }

  @Test
  void case5EveryBitOfADurableBlockIsNoticed() throws Exception {
    CrashDisk whole = fiveBlocks();
    Block third = Blocks.of(whole, 1).get(2);
    for (long at = third.offset(); at < third.end(); at++) {
      CrashDisk disk = whole.copy();
      Blocks.flip(disk, segment(1), at);
      assertRefused(disk, segment(1).toString());
    }
  }

  @Test
  void case6AHugeLengthInADurableBlockIsDamage() throws Exception {
    CrashDisk disk = fiveBlocks();
    Block third = Blocks.of(disk, 1).get(2);
    Block huge =
        new Block(
            third.kind(),
            third.epoch(),
            third.offset(),
            third.number(),
            third.durableBlock(),
            third.firstOfBlockBefore(),
            third.previous(),
            third.first(),
            third.last(),
            third.count(),
            Integer.MAX_VALUE,
            third.commit(),
            third.headersCrc());
    Blocks.replace(disk, 1, huge);

    assertRefused(disk, "the file ends", "indexes 3 to 4 are faulty");
  }

  @Test
  void case7AZeroedPageInTheMiddleIsDamage() throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 1);
    for (int i = 0; i < 30; i++) {
      append(storage, 5, Entries.batch(1 + i, 1, 1, 300));
    }
    CrashDisk cut = disk.afterPowerCut(false);
    Blocks.zero(cut, segment(1), 8192, 12288);

    // eight blocks are missing, so an overwrite may be among them: all above the commit (D-g)
    assertRefused(cut, "blocks 16 to 23 cannot be read at byte 8192", "indexes 6 to 23 are faulty");
  }

  @Test
  void case10AMissingSealedSegmentIsDamage() throws Exception {
    CrashDisk disk = threeSegments();
    disk.lose(segment(2));
    assertRefused(disk, segment(2).toString(), "the file is missing", "are faulty");

    CrashDisk first = threeSegments();
    first.lose(segment(1));
    assertRefused(first, segment(1).toString(), "the file is missing", "indexes 1 to ");
  }

  @Test
  void case11ANewestSegmentThatWasProvenDurableIsDamage() throws Exception {
    CrashDisk disk = new CrashDisk();
    try (RaftStorage storage = bootstrap(disk, SMALL)) {
      saveBallot(storage, 1);
      append(storage, Entries.batch(1, 1, 60, 1000));
      append(storage, 60, Entries.batch(61, 1, 10, 1000));
    }
    disk.lose(segment(2));

    assertRefused(disk, "block 2 cannot be read", "indexes from 1 on are faulty");
  }

  @Test
  void aDirectoryWithoutAnySegmentIsDamage() throws Exception {
    CrashDisk disk = new CrashDisk();
    bootstrap(disk).close();
    disk.lose(segment(1));

    assertRefused(disk, "there is no segment");
  }

  @Test
  void case12ExchangedSegmentsAreRefusedWithNames() throws Exception {
    CrashDisk disk = threeSegments();
    byte[] first = disk.content(segment(1));
    disk.spoil(segment(1), disk.content(segment(2)));
    disk.spoil(segment(2), first);

    assertRefused(disk, segment(1) + " holds segment 2", "exchanged");
  }

  @Test
  void case13ASegmentOfAnotherClusterOrIncarnationIsRefused() throws Exception {
    CrashDisk other = new CrashDisk();
    SplittableRandom random = new SplittableRandom(9);
    Fixture.on(other)
        .bootstrap(ClusterId.of("c2"), Fixture.GROUP, Fixture.NODE, Fixture.INITIAL, random)
        .close();
    CrashDisk disk = fiveBlocks();
    disk.spoil(segment(1), other.content(segment(1)));
    assertThatThrownBy(() -> resume(disk)).hasMessageContaining("belongs to cluster 'c2'");

    CrashDisk sameNames = new CrashDisk();
    Fixture.on(sameNames)
        .bootstrap(Fixture.CLUSTER, Fixture.GROUP, Fixture.NODE, Fixture.INITIAL, random)
        .close();
    disk.spoil(segment(1), sameNames.content(segment(1)));
    assertRefused(disk, "is of incarnation");
  }

  @Test
  void case14ASlotThatIsBadInOneCopyIsReadFromTheOther() throws Exception {
    for (String name : List.of(BallotFile.NAME, BallotFile.COPY)) {
      for (int place = 0; place < 2; place++) {
        CrashDisk disk = fiveBlocks();
        Blocks.flip(disk, Fixture.DIRECTORY.resolve(name), place * 4096L + 41);

        RaftStorage storage = resume(disk);

        assertThat(storage.ballot().term()).isEqualTo(2);
        assertThat(recovered(storage)).hasSize(8);
      }
    }
  }

  @Test
  void case14ASlotThatIsBadInBothCopiesFencesTheNode() throws Exception {
    for (int place = 0; place < 2; place++) {
      CrashDisk disk = fiveBlocks();
      Blocks.flip(disk, Fixture.DIRECTORY.resolve(BallotFile.NAME), place * 4096L + 41);
      Blocks.flip(disk, Fixture.DIRECTORY.resolve(BallotFile.COPY), place * 4096L + 41);

      assertRefused(disk, "slot " + place + " at byte " + place * 4096, "fenced");
    }
  }

  @Test
  void case15NoBallotAtAllFencesTheNode() throws Exception {
    CrashDisk disk = fiveBlocks();
    disk.lose(Fixture.DIRECTORY.resolve(BallotFile.NAME));
    disk.lose(Fixture.DIRECTORY.resolve(BallotFile.COPY));

    assertRefused(disk, "fenced");
  }

  @Test
  void aBallotFileThatIsGoneIsMadeAgainFromItsCopy() throws Exception {
    for (String name : List.of(BallotFile.NAME, BallotFile.COPY)) {
      CrashDisk disk = fiveBlocks();
      disk.lose(Fixture.DIRECTORY.resolve(name));

      assertThat(resume(disk).ballot().term()).isEqualTo(2);

      CrashDisk cut = disk.afterPowerCut(false);
      cut.lose(Fixture.DIRECTORY.resolve(name.equals("ballot") ? "ballot.copy" : "ballot"));
      assertThat(resume(cut).ballot().term()).isEqualTo(2);
    }
  }

  @Test
  void anOlderBallotThanTheLogsTermFencesTheNode() throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 1);
    byte[] older = disk.content(Fixture.DIRECTORY.resolve(BallotFile.NAME)).clone();
    saveBallot(storage, 7);
    append(storage, Entries.batch(1, 7, 1, 30));
    CrashDisk cut = disk.afterPowerCut(false);
    cut.spoil(Fixture.DIRECTORY.resolve(BallotFile.NAME), older);
    cut.spoil(Fixture.DIRECTORY.resolve(BallotFile.COPY), older);

    assertRefused(cut, "holds an entry of term 7, but the ballot's term is 1", "fenced");
  }

  @Test
  void anIdentityThatCannotBeReadRefusesToStart() throws Exception {
    CrashDisk whole = fiveBlocks();
    Path identity = Fixture.DIRECTORY.resolve(IdentityFile.NAME);
    int length = whole.content(identity).length;
    for (int at = 0; at < length; at++) {
      CrashDisk disk = whole.copy();
      Blocks.flip(disk, identity, at);
      assertRefused(disk, identity.toString());
      disk.spoil(identity, Arrays.copyOf(whole.content(identity), at));
      assertRefused(disk, identity.toString());
    }
  }

  @Test
  void aDirectoryWithoutAnIdentityIsNotBootstrappedOver() throws Exception {
    CrashDisk disk = fiveBlocks();
    disk.lose(Fixture.DIRECTORY.resolve(IdentityFile.NAME));

    assertThatThrownBy(() -> bootstrap(disk)).hasMessageContaining("no identity");
    assertThatThrownBy(() -> resume(disk)).hasMessageContaining("holds no storage");
  }

  @Test
  void case21AnOverwritingBlockThatRotsMakesWhatItOverwroteFaulty() throws Exception {
    CrashDisk disk = fiveBlocks();
    Block overwriting = Blocks.of(disk, 1).get(2);
    Blocks.flip(disk, segment(1), overwriting.offset() + 9);

    // 3 and 4 stood before the gap too, with other content, which must not pass for whole
    assertRefused(disk, "block 3 cannot be read", "indexes 3 to 4 are faulty");
  }

  @Test
  void aSyncBlockMakesRotInTheLastEntryVisible() throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 1, 30));
    CrashDisk before = disk.afterPowerCut(false);
    Blocks.flip(before, segment(1), Blocks.of(before, 1).get(0).end() - 1);
    assertThat(recovered(resume(before))).isEmpty(); // D-c: cannot be told from a torn write

    idle(storage);
    int operations = disk.operations();
    idle(storage);
    assertThat(disk.operations()).as("a second sync block says nothing new").isEqualTo(operations);
    CrashDisk after = disk.afterPowerCut(false);
    Blocks.flip(after, segment(1), Blocks.of(after, 1).get(0).end() - 1);
    assertRefused(after, "index 1 is faulty");
  }

  @Test
  void aLastSegmentWhoseHeaderRotsIsDamageIfABlockInItProvesOthers() throws Exception {
    CrashDisk disk = fiveBlocks();
    Blocks.flip(disk, segment(1), 100);

    assertRefused(disk, "up to 4 are proven");
  }

  @Test
  void aSealedSegmentWithoutItsFooterIsDamage() throws Exception {
    CrashDisk disk = threeSegments();
    Block last = Blocks.of(disk, 1).get(Blocks.of(disk, 1).size() - 1);
    Blocks.flip(disk, segment(1), Segment.align(last.end(), 512) + 8);

    assertRefused(disk, segment(1).toString(), "no footer of it is readable");
  }

  @Test
  void aSealedSegmentsHeaderThatRotsIsDamage() throws Exception {
    CrashDisk disk = threeSegments();
    Blocks.flip(disk, segment(2), 100);

    assertRefused(disk, segment(2).toString(), "its header is unreadable");
  }
}
