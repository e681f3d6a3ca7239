package io.bowline.raft.testkit;

import static io.bowline.raft.testkit.GhostGroup.assertSeen;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Founding;
import io.bowline.raft.model.Message;
import org.junit.jupiter.api.Test;

/** Each check of commits, leaders and disks is seen to fail, and the nearest legal case to pass. */
class ProtocolChecksTest {
  private final GhostGroup group = new GhostGroup(3);

  /** n1 leads term 1; it and n2 hold 1 to 3 on their disks, and it has committed them. */
  private void committedThreeOnTwo() {
    group.leads(0, 1);
    group.on(0).appends(1, 1, 3);
    group.on(1).votes(1, 0);
    group.on(1).appends(1, 1, 3);
    group.protocol.committed(0, 3);
  }

  @Test
  void aCommitMustStandOnTheDisksOfAMajority() {
    group.leads(0, 1);
    group.on(0).appends(1, 1, 3);
    group.on(1).votes(1, 0);
    group.on(1).hold();
    group.on(1).appends(1, 1, 3);

    assertSeen("COMMITTED_ON_QUORUM", () -> group.protocol.committed(0, 3)); // written, not forced
    group.on(1).release();

    group.protocol.committed(0, 3);
    assertThat(group.protocol.commitIndex()).isEqualTo(3);
  }

  @Test
  void entriesOfAnOlderTermAreNotCommittedByCounting() {
    group.leads(0, 1);
    for (int slot = 0; slot < 3; slot++) {
      group.on(slot).votes(1, 0);
      group.on(slot).appends(1, 1, 3);
    }
    group.leads(1, 2);

    assertSeen("COMMITTED_ON_QUORUM", () -> group.protocol.committed(1, 3)); // Figure 8
    group.on(1).appends(4, 2, 1);
    group.on(2).votes(2, 1);
    group.on(2).appends(4, 2, 1);

    group.protocol.committed(1, 4);
  }

  @Test
  void aLeaderHoldsAllThatWasCommittedBefore() {
    committedThreeOnTwo();
    group.on(2).votes(2, 2);
    group.elects(2, 2);

    assertSeen("LEADER_COMPLETENESS", () -> group.says(2, GhostGroup.beat(2, 2)));
    group.leads(1, 3);

    assertThat(group.protocol.leads(1, 3)).isTrue();
  }

  @Test
  void aLeaderHoldsAllThatIsReportedAsCommittedLaterInAnEarlierTerm() {
    group.leads(0, 1);
    group.on(0).appends(1, 1, 3);
    group.on(1).votes(1, 0);
    group.on(1).appends(1, 1, 2);
    group.leads(2, 2); // with an empty log, when nothing was committed

    assertSeen("LEADER_COMPLETENESS", () -> group.protocol.committed(0, 2));
  }

  @Test
  void aLaterLeaderThatHoldsItIsFine() {
    group.leads(0, 1);
    group.on(0).appends(1, 1, 3);
    group.on(1).votes(1, 0);
    group.on(1).appends(1, 1, 3);
    group.leads(1, 2);

    group.protocol.committed(0, 3);
  }

  @Test
  void aCommittedEntryIsNeverTruncated() {
    committedThreeOnTwo();
    group.on(1).appends(4, 1, 2);
    group.on(1).votes(2, 2);

    group.on(1).appends(4, 2, 1); // nobody has committed 4@1
    assertSeen("COMMITTED_STAYS", () -> group.on(1).appends(3, 2, 1));
  }

  /** n1's 1@1 goes by n3's late entry of term 2, n2 commits it in term 3: n1 is in this term. */
  private void committedInALaterTermThanItIsTruncatedIn(long term) {
    group.leads(0, 1);
    group.on(0).appends(1, 1, 1);
    group.on(1).votes(1, 0);
    group.on(1).appends(1, 1, 1);
    group.leads(2, 2);
    group.on(2).appends(1, 2, 1);
    group.leads(1, 3);
    group.on(1).appends(2, 3, 1);
    group.on(2).votes(3, 1);
    group.on(2).appends(1, 1, 1);
    group.on(2).appends(2, 3, 1);
    group.protocol.committed(1, 2);

    group.on(0).votes(term, 2);
    group.on(0).appends(1, 2, 1);
  }

  @Test
  void anEntryMayGoInAnEarlierTermThanItIsCommittedIn() {
    committedInALaterTermThanItIsTruncatedIn(2);

    assertThat(group.protocol.hasAll(0)).isFalse();
  }

  @Test
  void anEntryMayNotGoInTheTermInWhichItIsCommitted() {
    assertSeen("COMMITTED_STAYS", () -> committedInALaterTermThanItIsTruncatedIn(3));
  }

  @Test
  void aLeaderOnlyAppends() {
    group.leads(0, 1);
    group.on(0).appends(1, 1, 3);

    group.on(0).appends(4, 1, 1);
    assertSeen("LEADER_APPENDS_ONLY", () -> group.on(0).appends(4, 1, 1));
  }

  @Test
  void nobodyCommitsWhoNeverLedUnlessALeaderDidBefore() {
    assertSeen("COMMIT_BY_LEADER", () -> group.protocol.committed(1, 3));
    committedThreeOnTwo();

    group.protocol.committed(1, 3);
    group.protocol.committed(2, 3);
  }

  @Test
  void whatIsAppliedIsCommittedAndOnTheOwnDisk() {
    assertSeen("APPLIED_IS_DURABLE", () -> group.protocol.applied(0, 1));
    committedThreeOnTwo();

    group.protocol.applied(0, 3);
    group.protocol.applied(1, 2);
    assertSeen("APPLIED_IS_DURABLE", () -> group.protocol.applied(2, 2)); // its disk is empty
    assertSeen("APPLIED_IS_DURABLE", () -> group.protocol.applied(0, 4));
  }

  @Test
  void aCommandThatTakesEffectBeforeTheFoundingIsCompleteIsSeen() {
    GhostGroup early = GhostGroup.beforeItsFounding(3);

    assertSeen("FOUNDED_FIRST", () -> early.protocol.applied(0, 0)); // nothing is committed yet
    early.allWrite(early.record());
    early.on(1).founded(Founding.complete(early.record()));
    early.protocol.applied(0, 0);
  }

  @Test
  void whoHeardALaterStartHearsNoEarlierOne() {
    Message beat = GhostGroup.beat(1, 1);
    SimulatedDisk copy = group.on(1).disk().onDisk(new Prng(3));
    for (int start = 2; start <= 3; start++) {
      group.on(1).powerCut();
      group.on(1).open();
      group.on(0).hears(1, beat);
    }
    group.on(1).powerCut();
    group.on(1).disk().replaceWith(copy);
    group.on(1).open(); // its second start again

    group.protocol.received(1, 0, true, beat);
    group.on(2).hears(1, beat);
    assertSeen("COPY_ACCEPTED", () -> group.protocol.received(1, 0, false, beat));
    group.on(0).powerCut();
    group.on(0).open(); // and has it on its disk
    assertSeen("COPY_ACCEPTED", () -> group.protocol.received(1, 0, false, beat));
    group.on(0).replaceByAnEmptyDisk();
    group.on(0).hears(1, beat); // another directory has heard nobody
  }

  @Test
  void nothingIsHeardOfAStartThatIsNotRememberedDurably() {
    Message beat = GhostGroup.beat(1, 1);
    assertSeen("START_REMEMBERED", () -> group.protocol.received(1, 0, false, beat));
    group.on(0).hears(1, beat);
    group.on(0).powerCut();
    group.on(0).open();
    group.protocol.received(1, 0, false, beat);

    group.on(1).powerCut();
    group.on(1).open();
    assertSeen("START_REMEMBERED", () -> group.protocol.received(1, 0, false, beat));
  }

  @Test
  void aCopyIsSeenHoweverOftenItIsStarted() {
    Message beat = GhostGroup.beat(1, 1);
    SimulatedDisk copy = group.on(1).disk().onDisk(new Prng(3));
    group.on(1).powerCut();
    group.on(1).open();
    group.on(0).hears(1, beat); // its second start
    group.on(1).powerCut();
    group.on(1).disk().replaceWith(copy);
    for (int start = 2; start <= 4; start++) {
      group.on(1).open();
      assertSeen("COPY_ACCEPTED", () -> group.protocol.received(1, 0, false, beat));
      group.on(1).powerCut();
    }

    group.on(1).replaceByAnEmptyDisk();
    group.on(0).hears(1, beat); // another directory, in its first start
  }

  @Test
  void whatIsCommittedStandsOnEachHealedDiskAtTheEnd() {
    committedThreeOnTwo();

    group.protocol.requireWhole(0);
    group.protocol.requireWhole(1);
    assertSeen("DURABILITY", () -> group.protocol.requireWhole(2));
  }

  @Test
  void whoLedOnceMayGetItsOwnEntriesBackFromALaterLeader() {
    group.leads(0, 1);
    group.on(0).appends(1, 1, 3);
    group.on(2).votes(1, 0);
    group.on(2).appends(1, 1, 3);
    group.leads(1, 2);
    group.on(1).appends(1, 2, 1);
    group.on(0).votes(2, 1);
    group.on(0).appends(1, 2, 1);

    group.leads(2, 3);
    group.on(0).votes(3, 2);
    group.on(0).appends(1, 1, 3); // the second leader's entry goes

    group.on(0).appends(4, 3, 1);
    assertThat(group.protocol.leads(0, 3)).isFalse();
  }

  @Test
  void aDiskThatHoldsAnotherTermsEntryHasNotAllThatIsCommitted() {
    group.leads(2, 1);
    group.on(2).appends(1, 1, 3);
    group.leads(0, 2);
    group.on(0).appends(1, 2, 3);
    group.on(1).votes(2, 0);
    group.on(1).appends(1, 2, 3);
    group.protocol.committed(0, 3);

    assertThat(group.protocol.hasAll(1)).isTrue();
    assertThat(group.protocol.hasAll(2)).isFalse(); // it may still be written there

    group.on(2).votes(2, 0);
    group.on(2).appends(1, 2, 3);

    assertThat(group.protocol.hasAll(2)).isTrue();
  }

  @Test
  void twoWrittenEntriesOfOneIndexAndTermAreSeen() {
    group.leads(0, 1);
    group.on(0).appends(1, 1, 3);
    group.on(1).votes(1, 0);

    group.on(1).appends(GhostGroup.commands(1, 1, 2, 1));
    assertSeen("LOG_MATCHING", () -> group.on(1).appends(GhostGroup.commands(3, 1, 1, 2)));
  }

  @Test
  void oneEntryBehindTwoTermsIsSeen() {
    group.leads(0, 1);
    group.on(0).appends(1, 1, 1);
    group.on(0).votes(3, 0);
    group.on(0).appends(2, 3, 1);
    group.on(1).votes(3, 0);
    group.on(1).appends(1, 2, 1);

    assertSeen("LOG_MATCHING", () -> group.on(1).appends(2, 3, 1)); // the same, behind 1@2
  }

  @Test
  void membershipsChangeOneAtATime() {
    group.leads(0, 1);
    group.on(0).appends(GhostGroup.membershipEntry(1, 1, GhostGroup.membership(3)));

    assertSeen(
        "ONE_CHANGE_AT_A_TIME",
        () -> group.on(0).appends(GhostGroup.membershipEntry(2, 1, GhostGroup.membership(3))));
  }

  @Test
  void aMembershipMayFollowOneThatIsCommitted() {
    group.leads(0, 1);
    group.on(0).appends(GhostGroup.membershipEntry(1, 1, GhostGroup.membership(3)));
    group.on(1).votes(1, 0);
    group.on(1).appends(GhostGroup.membershipEntry(1, 1, GhostGroup.membership(3)));
    group.protocol.committed(0, 1);

    group.on(0).appends(GhostGroup.membershipEntry(2, 1, GhostGroup.membership(3)));
  }

  private Gauges gauges(int slot, Life life) {
    return new Gauges(group.protocol, slot, life, new ForeignCode(new Simulation(1)));
  }

  @Test
  void sessionsAreTheSameWhereAsMuchIsApplied() {
    committedThreeOnTwo();
    Gauges first = gauges(0, new Life(0, 1));
    Gauges second = gauges(1, new Life(1, 1));
    first.set("bowline.sessions.hash", 77);
    first.set("bowline.apply.index", 3);
    second.set("bowline.sessions.hash", 78);

    second.set("bowline.apply.index", 2);
    assertSeen("SESSIONS_EQUAL", () -> second.set("bowline.apply.index", 3));
    second.set("bowline.sessions.hash", 77);
    second.set("bowline.apply.index", 3);
  }

  @Test
  void gaugesAreHeardOfLivingNodesOnly() {
    Life life = new Life(1, 1);
    Gauges gauges = gauges(1, life);

    assertSeen("COMMIT_BY_LEADER", () -> gauges.set("bowline.commit.index", 3));
    assertSeen("APPLIED_IS_DURABLE", () -> gauges.set("bowline.apply.index", 3));
    life.end();

    gauges.set("bowline.commit.index", 3);
    gauges.set("bowline.apply.index", 3);
  }
}
