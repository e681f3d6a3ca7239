package io.bowline.raft.testkit;

import static io.bowline.raft.testkit.GhostGroup.assertSeen;

import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import org.junit.jupiter.api.Test;

/** Votes by the one who counts: each voter, as it is named, for one candidate a term. */
class CountedVotesTest {
  private final GhostGroup group = new GhostGroup(3);
  private final CountedVotes votes = group.protocol.elections().votes();

  private void grants(int voter, int candidate, long term) {
    votes.granted(voter, candidate, term);
    votes.heard(voter, candidate, term);
  }

  @Test
  void oneVoterCountsForOneCandidateATerm() {
    votes.asks(0, 5);
    votes.asks(2, 5);
    grants(1, 0, 5);
    grants(1, 0, 5);

    assertSeen("ONE_VOTE_COUNTED", () -> grants(1, 2, 5));
    votes.asks(2, 6);
    grants(1, 2, 6);
  }

  @Test
  void aCandidateCountsForItself() {
    votes.asks(0, 5);
    votes.asks(2, 5);

    assertSeen("ONE_VOTE_COUNTED", () -> grants(0, 2, 5));
  }

  @Test
  void aVoteThatIsNotAskedForAnyMoreCountsForNobody() {
    votes.asks(0, 5);
    votes.asks(2, 5);
    grants(1, 0, 5);
    votes.asks(2, 6);

    grants(1, 2, 5);
  }

  @Test
  void whoLeadsWasElectedByAMajority() {
    group.on(0).votes(5, 0);
    group.says(0, new Message.RequestVote(ProtocolChecks.id(0), 5, EntryId.ZERO, false));
    votes.granted(1, 0, 5); // and never arrives

    assertSeen("ELECTED_BY_QUORUM", () -> group.protocol.elections().elected(0, 5));
  }

  @Test
  void whoHearsAMajorityMayLead() {
    group.on(0).votes(5, 0);
    group.says(0, new Message.RequestVote(ProtocolChecks.id(0), 5, EntryId.ZERO, false));
    grants(1, 0, 5);

    group.says(0, GhostGroup.beat(0, 5));
  }

  @Test
  void aStrangerInAVotersPlaceIsCountedByNobodyWhoKnowsItsName() {
    votes.asks(0, 5);
    grants(1, 0, 5);
    group.on(1).replaceByAnEmptyDisk();
    votes.asks(2, 5);

    grants(1, 2, 5); // a second vote of n2, by another directory
    assertSeen("ELECTED_BY_QUORUM", () -> group.protocol.elections().elected(2, 5));
    group.protocol.elections().elected(0, 5);
  }

  @Test
  void whomALaterMembershipNamesCountsFromWhenItIsInTheLog() {
    group.on(1).replaceByAnEmptyDisk();
    Membership later = group.record();
    votes.asks(0, 5);
    grants(1, 0, 5);
    assertSeen("ELECTED_BY_QUORUM", () -> group.protocol.elections().elected(0, 5));

    group.on(0).votes(5, 0);
    group.on(0).appends(GhostGroup.membershipEntry(1, 5, later));
    votes.asks(0, 6);
    grants(1, 0, 6);

    group.protocol.elections().elected(0, 6);
  }

  @Test
  void aDirectoryThatVotesTwiceIsSeenInAllItsLives() {
    votes.asks(0, 5);
    grants(1, 0, 5);
    group.on(1).powerCut();
    group.on(1).open();
    votes.asks(2, 5);

    assertSeen("ONE_VOTE_COUNTED", () -> grants(1, 2, 5));
  }
}
