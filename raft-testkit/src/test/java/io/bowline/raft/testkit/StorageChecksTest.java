package io.bowline.raft.testkit;

import static io.bowline.raft.testkit.GhostGroup.assertSeen;
import static io.bowline.raft.testkit.GhostGroup.commands;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.CorruptFrameException;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.storage.Completion;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Each check of what a node asks its storage for, and of what a start has read, fails by hand. */
class StorageChecksTest {
  private final GhostGroup group = new GhostGroup(1);
  private final GhostGroup.Machine machine = group.on(0);

  @Test
  void entriesBehindAGapAreSeen() {
    machine.votes(1, 0);
    machine.appends(1, 1, 2);

    assertSeen("LOG_WITHOUT_GAP", () -> machine.appends(4, 1, 1));
    machine.appends(3, 1, 1);
  }

  @Test
  void anEntryIsWrittenOnce() {
    machine.votes(1, 0);
    machine.appends(1, 1, 2);

    assertSeen("WRITTEN_ONCE", () -> machine.appends(2, 1, 2));
    machine.votes(2, 0);
    machine.appends(2, 2, 2);
  }

  @Test
  void aHintAboveWhatIsDurableIsSeen() {
    machine.votes(1, 0);
    machine.appends(1, 1, 2);

    machine.appends(commands(3, 1, 1, 1), 2);
    assertSeen("HINTS_ARE_DURABLE", () -> machine.appends(commands(4, 1, 1, 1), 4));
  }

  @Test
  void aBallotOverALaterOneOrAnotherVoteIsSeen() {
    machine.saves(new Ballot(2, null));
    machine.saves(new Ballot(2, GhostGroup.peer(0)));

    assertSeen("MONOTONIC_BALLOT", () -> machine.saves(new Ballot(2, GhostGroup.peer(1))));
    assertSeen("MONOTONIC_BALLOT", () -> machine.saves(new Ballot(2, null)));
    assertSeen("MONOTONIC_BALLOT", () -> machine.saves(new Ballot(1, GhostGroup.peer(0))));
    machine.saves(new Ballot(3, GhostGroup.peer(1)));
  }

  @Test
  void aWriteBeforeTheLastOneHasCompletedIsSeen() {
    machine.votes(1, 0);
    machine.hold();
    machine.appends(1, 1, 1);

    assertSeen("WRITES_IN_ORDER", () -> machine.appends(2, 1, 1));
    machine.release();
  }

  @Test
  void aWriteThatCompletesTwiceIsSeen() {
    Completion told =
        machine.checks().savesBallot(new Ballot(1, GhostGroup.peer(0)), failure -> {});

    told.completed(null);
    assertSeen("WRITES_IN_ORDER", () -> told.completed(null));
  }

  @Test
  void bytesThatChangeWhileTheyAreWrittenAreSeen() throws CorruptFrameException {
    long hashing = LongStream.range(1, 500).filter(this::hashesBuffers).findFirst().orElse(0);
    ByteBuffer frames = commands(1, 1, 1, 7).slice(0);
    byte[] bytes = new byte[frames.remaining()];
    frames.get(bytes);
    List<EntryBatch> batches =
        List.of(EntryBatch.decode(bytes, 0, bytes.length)); // keeps the array
    Completion untouched = appends(new GhostGroup(1, hashing), batches);
    Completion spoilt = appends(new GhostGroup(1, hashing), batches);

    untouched.completed(null);
    bytes[bytes.length - 1]++;
    assertSeen("BUFFERS_STAY", () -> spoilt.completed(null));
  }

  private boolean hashesBuffers(long seed) {
    return new Simulation(seed).random("hashed buffers 0").nextInt(16) == 0;
  }

  private static Completion appends(GhostGroup hashed, List<EntryBatch> batches) {
    hashed.on(0).votes(1, 0);
    return hashed.on(0).checks().appends(batches, 0, failure -> {});
  }

  @Test
  void anEntryOfATermThatTheBallotDoesNotKnowIsSeen() {
    machine.votes(1, 0);
    machine.hold();
    machine.votes(2, 0);

    assertSeen("BALLOT_FIRST", () -> machine.appends(1, 2, 1));
    machine.release();
    machine.appends(1, 2, 1);
  }

  @Test
  void aStartThatReadsLessThanWasDurableIsSeen() {
    machine.votes(1, 0);
    SimulatedDisk before = machine.disk().onDisk(new Prng(3));
    machine.appends(1, 1, 3);
    machine.powerCut();
    machine.disk().replaceWith(before);

    assertSeen("RECOVERED_LOG", machine::open);
  }

  @Test
  void whatWasOverwrittenMayBeThereAgainWhenTheEndIsSpoilt() {
    SimulatedDisk before = overwrites();
    machine.powerCut();
    machine.checks().durable().endMayBeSpoilt();
    machine.disk().replaceWith(before);

    machine.open();

    assertThat(machine.checks().log().last()).isEqualTo(3);
  }

  @Test
  void whatWasOverwrittenNeverComesBackOtherwise() {
    SimulatedDisk before = overwrites();
    machine.powerCut();
    machine.disk().replaceWith(before);

    assertSeen("RECOVERED_LOG", machine::open);
  }

  @Test
  void whatWasOverwrittenStaysGoneOnceItsPageIsFull() {
    SimulatedDisk before = overwrites();
    for (int write = 0; write < SimulatedFile.PAGE / SimulatedFile.SECTOR; write++) {
      machine.appends(3 + write, 2, 1);
    }
    machine.powerCut();
    machine.checks().durable().endMayBeSpoilt();
    machine.disk().replaceWith(before);

    assertSeen("RECOVERED_LOG", machine::open);
  }

  /** The disk before entry 2 was written over the second of three. */
  private SimulatedDisk overwrites() {
    machine.votes(2, 0);
    machine.appends(1, 1, 3);
    SimulatedDisk before = machine.disk().onDisk(new Prng(3));
    machine.appends(2, 2, 1);
    return before;
  }

  @Test
  void aStartThatHasForgottenItsVoteIsSeen() {
    machine.votes(1, 0);
    SimulatedDisk before = machine.disk().onDisk(new Prng(3));
    machine.votes(2, 0);
    machine.powerCut();
    machine.disk().replaceWith(before);

    assertSeen("RECOVERED_LOG", machine::open);
  }

  @Test
  void aStartThatHasForgottenAMembershipOfItsLogIsSeen() {
    GhostGroup.Machine twin = new GhostGroup(1).on(0); // the same disk but for the entry
    twin.votes(1, 0);
    twin.appends(1, 1, 1);
    machine.votes(1, 0);
    machine.appends(GhostGroup.membershipEntry(1, 1, GhostGroup.membership(1)));
    machine.powerCut();
    machine.open();
    machine.powerCut();
    machine.disk().replaceWith(twin.disk());

    assertSeen("RECOVERED_MEMBERSHIPS", machine::open);
  }

  @Test
  void aProcessCrashTakesNothingThatWasWritten() {
    machine.votes(1, 0);
    SimulatedDisk before = machine.disk().onDisk(new Prng(3));
    machine.hold();
    machine.appends(1, 1, 3);
    machine.crash();
    machine.disk().replaceWith(before);

    assertSeen("RECOVERED_LOG", machine::open);
  }

  @Test
  void aPowerCutMayTakeWhatNoForceCovered() {
    machine.votes(1, 0);
    machine.appends(1, 1, 2);
    machine.hold();
    machine.appends(3, 1, 3);
    machine.powerCut();
    machine.release();

    machine.open();

    assertThat(machine.checks().log().last()).isEqualTo(2);
    machine.requireDurableRecovery();
  }

  @Test
  void whatAStartHasReadMustStandOnTheDisk() {
    machine.votes(1, 0);
    SimulatedDisk before = machine.disk().onDisk(new Prng(3));
    machine.appends(1, 1, 3);
    machine.crash();
    machine.open();
    machine.requireDurableRecovery();
    machine.disk().replaceWith(before); // as if nothing of it had been forced

    assertSeen("RECOVERED_IS_DURABLE", machine::requireDurableRecovery);
  }

  @Test
  void aBallotOfWhichOneCopyIsOnTheDiskMayBeRead() {
    machine.votes(1, 0);
    SimulatedDisk before = machine.disk().onDisk(new Prng(3));
    machine.hold();
    machine.votes(2, 0);
    machine.releaseOne();

    machine.requireDurableRecovery(); // reads it, though no promise may say so yet
    machine.release();
    machine.requireDurableRecovery();
    machine.disk().replaceWith(before);
    assertSeen("RECOVERED_IS_DURABLE", machine::requireDurableRecovery);
  }

  @Test
  void framesThatAreKeptThoughAllIsDurableAreSeen() {
    long much = NodeSettings.calm().tailCacheBytes() + 1;
    machine.votes(1, 0);
    machine.appends(1, 1, 3);
    group.simulation.run(Duration.ofSeconds(1));
    machine.checks().cached(2, much); // one more was on its way
    group.simulation.run(Duration.ofSeconds(1));
    machine.checks().census();
    machine.checks().cached(3, much);
    machine.checks().census(); // perhaps one is

    group.simulation.run(Duration.ofSeconds(1));
    assertSeen("TAIL_BOUND", () -> machine.checks().census());
    machine.checks().cached(3, much - 1);
    group.simulation.run(Duration.ofSeconds(1));
    machine.checks().census();
  }

  @Test
  void whatWaitsBehindASyncBlockIsNotExpectedToBeDurable() {
    group.leads(0, 1);
    machine.votes(1, 0);
    machine.appends(1, 1, 3);
    group.simulation.run(Duration.ofSeconds(1));
    machine.hold();
    machine.storage().idle(failure -> {});
    machine.checks().cached(3, Long.MAX_VALUE); // more were given to the writer, which waits
    group.simulation.run(Duration.ofSeconds(1));
    machine.checks().census();

    machine.release();
    machine.checks().census(); // the writer is about to hand them over
    group.simulation.run(Duration.ofSeconds(1));
    machine.checks().cached(3, Long.MAX_VALUE);
    group.simulation.run(Duration.ofSeconds(1));
    assertSeen("TAIL_BOUND", () -> machine.checks().census());
  }
}
