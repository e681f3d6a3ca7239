package io.bowline.raft.testkit;

import static io.bowline.raft.testkit.GhostGroup.assertSeen;

import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Votes by the one who counts: each voter, as it is named, for one candidate a term. */
class CountedVotesTest {
  private final GhostGroup group = new GhostGroup(3);
  private final CountedVotes votes = group.protocol.elections().votes();

  private void grants(int voter, int candidate, long term) {
    votes.granted(voter, candidate, term);
    votes.heard(voter, candidate, term);
  }

  private Incarnation directory(int slot) {
    return Objects.requireNonNull(group.on(slot).checks().incarnation());
  }

  /** All directories are named, as each node has in its log. */
  private void allAreNamed() {
    Membership named = GhostGroup.membership(3);
    for (int slot = 0; slot < 3; slot++) {
      named = named.naming(ProtocolChecks.id(slot), directory(slot));
    }
    for (int slot = 0; slot < 3; slot++) {
      group.on(slot).votes(1, 0);
      group.on(slot).appends(GhostGroup.membershipEntry(1, 1, named));
    }
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
    allAreNamed();
    votes.asks(0, 5);
    grants(1, 0, 5);
    group.on(1).replaceByAnEmptyDisk();
    votes.asks(2, 5);

    grants(1, 2, 5); // a second vote of n2, by another directory
    assertSeen("ELECTED_BY_QUORUM", () -> group.protocol.elections().elected(2, 5));
    group.protocol.elections().elected(0, 5);
  }

  @Test
  void aDirectoryThatVotesTwiceIsSeenInAllItsLives() {
    allAreNamed();
    votes.asks(0, 5);
    grants(1, 0, 5);
    group.on(1).powerCut();
    group.on(1).open();
    votes.asks(2, 5);

    assertSeen("ONE_VOTE_COUNTED", () -> grants(1, 2, 5));
  }
}
