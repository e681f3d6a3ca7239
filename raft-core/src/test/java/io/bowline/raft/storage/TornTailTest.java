package io.bowline.raft.storage;

import static io.bowline.raft.storage.Fixture.SMALL;
import static io.bowline.raft.storage.Fixture.append;
import static io.bowline.raft.storage.Fixture.bootstrap;
import static io.bowline.raft.storage.Fixture.recovered;
import static io.bowline.raft.storage.Fixture.resume;
import static io.bowline.raft.storage.Fixture.saveBallot;
import static io.bowline.raft.storage.Fixture.segment;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.EntryId;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a crash may leave is no damage (STORAGE D-b): cases 1, 2, 6, 8, 9, 11, 18, 22, 23. */
class TornTailTest {
  /** Two blocks that a third proves durable, and the third, of one entry. */
  private static CrashDisk threeBlocks(int lastBytes) throws StorageException {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 2, 30));
    append(storage, Entries.batch(3, 1, 1, 30));
    append(storage, Entries.batch(4, 1, 1, lastBytes));
    return disk.afterPowerCut(false);
  }

  private static void assertTheTailWasDropped(CrashDisk disk) throws StorageException {
    RaftStorage storage = resume(disk);
    assertThat(recovered(storage)).containsExactly("1@1:30", "2@1:30", "3@1:30");
    append(storage, Entries.batch(4, 1, 1, 77));
    CrashDisk again = disk.afterPowerCut(false);
    assertThat(recovered(resume(again))).containsExactly("1@1:30", "2@1:30", "3@1:30", "4@1:77");
  }

  @Test
  void case1TheLastBlockCutAtAnyByteIsDropped() throws Exception {
    CrashDisk whole = threeBlocks(450);
    Block last = Blocks.of(whole, 1).get(2);
    for (long cut = last.offset(); cut < last.end(); cut++) {
      CrashDisk disk = whole.copy();
      Blocks.zero(disk, segment(1), cut, last.end());
      assertTheTailWasDropped(disk);
    }
  }

  @Test
  void case1AFileThatEndsInTheLastBlockIsCutThere() throws Exception {
    CrashDisk whole = threeBlocks(450);
    Block last = Blocks.of(whole, 1).get(2);
    for (long cut = last.offset(); cut < last.end(); cut++) {
      CrashDisk disk = whole.copy();
      disk.spoil(segment(1), Arrays.copyOf(disk.content(segment(1)), (int) cut));
      assertTheTailWasDropped(disk);
    }
  }

  @Test
  void case2ABlockWithAWholeHeaderAndHalfAPayloadIsDropped() throws Exception {
    CrashDisk disk = threeBlocks(4000);
    Block last = Blocks.of(disk, 1).get(2);
    Blocks.zero(disk, segment(1), last.offset() + 2048, last.end());

    RecoveryReport report = resume(disk.copy()).report();
    assertThat(report.tornBytes()).isEqualTo(2048);
    assertThat(report.findings().get(0))
        .contains("torn tail of 2048 bytes from byte " + last.offset());
    assertTheTailWasDropped(disk);
  }

  @Test
  void case6LengthsThatCannotBeAreDroppedAndAllocateNothing() throws Exception {
    for (int length : List.of(Integer.MAX_VALUE, -1, Integer.MIN_VALUE, 1 << 20)) {
      CrashDisk disk = threeBlocks(100);
      Block last = Blocks.of(disk, 1).get(2);
      Blocks.replace(disk, 1, withLength(last, length));
      assertTheTailWasDropped(disk);
    }
  }

  private static Block withLength(Block block, int byteLength) {
    return new Block(
        block.kind(),
        block.epoch(),
        block.offset(),
        block.number(),
        block.durableBlock(),
        block.firstOfBlockBefore(),
        block.previous(),
        block.first(),
        block.last(),
        block.count(),
        byteLength,
        block.commit(),
        block.headersCrc());
  }

  @Test
  void case8ZerosBehindTheTailAreACleanEnd() throws Exception {
    CrashDisk disk = threeBlocks(30);
    byte[] bytes = disk.content(segment(1));
    disk.spoil(segment(1), Arrays.copyOf(bytes, bytes.length + (1 << 20)));

    RaftStorage storage = resume(disk);

    assertThat(recovered(storage)).hasSize(4);
    assertThat(storage.report().tornBytes()).isZero();
  }

  @Test
  void case9BlocksOfAnOlderEpochBehindTheTailAreIgnored() throws Exception {
    CrashDisk disk = threeBlocks(30);
    Block last = Blocks.of(disk, 1).get(2);
    byte[] bytes = disk.content(segment(1)).clone();
    byte[] header = Arrays.copyOfRange(bytes, (int) last.offset(), (int) last.offset() + 512);
    int at = (int) last.offset() + 512;
    System.arraycopy(header, 0, bytes, at, 512);
    disk.spoil(segment(1), bytes);
    Block old =
        new Block(
            Block.Kind.APPEND,
            99,
            at,
            7,
            6,
            4,
            new EntryId(4, 1),
            5,
            new EntryId(5, 1),
            1,
            last.byteLength(),
            4,
            last.headersCrc());
    Blocks.replace(disk, 1, old);

    assertThat(recovered(resume(disk))).hasSize(4);
  }

  @Test
  void case11ANewestSegmentWhoseNameWasLostIsATornTailIfNothingProvesItsBlocks() throws Exception {
    CrashDisk disk = threeBlocks(30);
    RaftStorage storage = resume(disk);
    assertThat(storage.log().last().index()).isEqualTo(4);
    CrashDisk cut = disk.afterPowerCut(false);
    cut.lose(segment(2));

    // what the lost segment held is gone, and no evidence tells: 4 was its copy (D-h)
    assertThat(recovered(resume(cut))).startsWith("1@1:30", "2@1:30", "3@1:30");
  }

  @Test
  void case18AnOverwrittenSuffixStaysGone() throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 8, 30));
    saveBallot(storage, 2);
    append(storage, Entries.batch(3, 2, 1, 40));

    CrashDisk cut = disk.afterPowerCut(false);
    assertThat(recovered(resume(cut))).containsExactly("1@1:30", "2@1:30", "3@2:40");
    CrashDisk again = cut.afterPowerCut(false);
    assertThat(recovered(resume(again))).containsExactly("1@1:30", "2@1:30", "3@2:40");
  }

  @Test
  void case22AShorterLogOverADurableLongerOneIsNoDamage() throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 3);
    append(storage, Entries.batch(1, 1, 50, 30));
    append(storage, Entries.batch(51, 1, 50, 30));
    append(storage, Entries.batch(101, 1, 50, 30));
    append(storage, Entries.batch(2, 3, 1, 30));

    assertThat(recovered(resume(disk.afterPowerCut(false)))).containsExactly("1@1:30", "2@3:30");
  }

  @Test
  void case23WhatWasBelievedAfterAKillSurvivesTheNextPowerCut() throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 1, 30));
    disk.cutBefore(disk.operations() + 1); // after the write, before its force
    try {
      append(storage, Entries.batch(2, 1, 1, 30));
    } catch (CrashDisk.PowerCut e) {
      CrashDisk killed = disk.afterProcessCrash();
      RaftStorage restarted = resume(killed);
      assertThat(recovered(restarted)).containsExactly("1@1:30", "2@1:30");

      CrashDisk cut = killed.afterPowerCut(false);
      assertThat(recovered(resume(cut))).containsExactly("1@1:30", "2@1:30");
      return;
    }
    throw new AssertionError("not killed");
  }

  @Test
  void aSealedTailWithoutASuccessorIsSealedAgain() throws Exception {
    CrashDisk disk = new CrashDisk();
    RaftStorage storage = bootstrap(disk, SMALL);
    saveBallot(storage, 1);
    append(storage, Entries.batch(1, 1, 60, 1000));
    append(storage, Entries.batch(61, 1, 10, 1000));
    CrashDisk cut = disk.afterPowerCut(false);
    assertThat(cut.files()).contains(segment(2));
    cut.lose(segment(2));

    CrashDisk killed = cut.afterPowerCut(false);
    assertThat(recovered(resume(killed, SMALL))).hasSize(60);
    assertThat(recovered(resume(killed.afterPowerCut(false), SMALL))).hasSize(60);
  }

  @Test
  void numbersOfDroppedBlocksAreNotUsedAgain() throws Exception {
    CrashDisk disk = threeBlocks(30);
    Block last = Blocks.of(disk, 1).get(2);
    Blocks.flip(disk, segment(1), last.end() - 1);

    RaftStorage storage = resume(disk);
    append(storage, Entries.batch(4, 1, 1, 30));

    assertThat(Blocks.of(disk, 2).get(0).number()).isEqualTo(last.number() + 1);
    assertThat(Blocks.of(disk, 2).get(0).durableBlock()).isEqualTo(last.number() - 1);
  }
}
