package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import org.junit.jupiter.api.Test;

/** Each check of the wire is seen to fail when its property is broken by hand. */
class WireChecksTest {
  private static final NodeId ANY = NodeId.of("n");
  private final WireChecks wire = new WireChecks(new Simulation(1), 3);

  private static Message.AppendEntries append(long term, long index, int content) {
    EntryBatch batch =
        EntryBatch.builder(new EntryId(index, term), 1, 1, 9)
            .add(EntryType.COMMAND, new byte[] {(byte) content})
            .build();
    return new Message.AppendEntries(ANY, term, 1, new EntryId(index - 1, 1), batch, 0);
  }

  @Test
  void twoLeadersOfOneTermAreSeenEvenFarApart() {
    wire.sent(0, 1, new Message.Heartbeat(ANY, 5, 1, 1, 0, 0));
    wire.sent(0, 1, append(7, 3, 1));

    assertThatThrownBy(() -> wire.sent(2, 1, append(5, 3, 1)))
        .hasMessageContaining("ELECTION_SAFETY")
        .hasMessageContaining("term 5 has leaders n1 and n3");
    assertThat(wire.newestLeader()).isZero();
  }

  @Test
  void twoVotesInOneTermAreSeen() {
    wire.sent(1, 0, new Message.VoteReply(ANY, 5, true));
    wire.sent(1, 0, new Message.VoteReply(ANY, 5, true));
    wire.sent(1, 2, new Message.VoteReply(ANY, 5, false));

    assertThatThrownBy(() -> wire.sent(1, 2, new Message.VoteReply(ANY, 5, true)))
        .hasMessageContaining("ONE_VOTE_PER_TERM");
  }

  @Test
  void aCandidateThatVotesForAnotherIsSeen() {
    wire.sent(1, 0, new Message.RequestVote(ANY, 5, EntryId.ZERO, false));

    assertThatThrownBy(() -> wire.sent(1, 2, new Message.VoteReply(ANY, 5, true)))
        .hasMessageContaining("ONE_VOTE_PER_TERM");
  }

  @Test
  void aTermThatFallsIsSeenButAPreVoteClaimsNone() {
    wire.sent(1, 0, new Message.VoteReply(ANY, 5, false));
    wire.sent(1, 0, new Message.PreVote(ANY, 3, EntryId.ZERO));

    assertThatThrownBy(() -> wire.sent(1, 0, new Message.VoteReply(ANY, 4, false)))
        .hasMessageContaining("MONOTONIC_TERM");
  }

  @Test
  void twoEntriesOfOneIndexAndTermAreSeen() {
    wire.sent(0, 1, append(5, 3, 1));
    wire.sent(0, 1, append(5, 3, 1));
    wire.sent(0, 1, append(6, 3, 2));

    assertThatThrownBy(() -> wire.sent(0, 1, append(6, 3, 3)))
        .hasMessageContaining("LOG_MATCHING")
        .hasMessageContaining("3@6");
  }
}
