package io.bowline.raft.testkit;

import static io.bowline.raft.testkit.GhostGroup.assertSeen;
import static io.bowline.raft.testkit.GhostGroup.beat;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each promise is seen to be refused while the disk does not hold it, and to pass once it does. */
class PromiseChecksTest {
  private static final NodeId N1 = ProtocolChecks.id(0);
  private static final NodeId N2 = ProtocolChecks.id(1);
  private static final String PERSIST = "PERSIST_BEFORE_SEND";

  private final GhostGroup group = new GhostGroup(3);

  /** Refused while its ballot waits for the force, and fine behind it. */
  private void waitsForTheBallot(int slot, Ballot ballot, Runnable promise) {
    group.on(slot).hold();
    group.on(slot).saves(ballot);
    assertSeen(PERSIST, promise::run);
    group.on(slot).release();
    promise.run();
  }

  @Test
  void aVoteWaitsForItsBallot() {
    Message vote = new Message.VoteReply(N2, 5, true);

    waitsForTheBallot(1, new Ballot(5, GhostGroup.peer(0)), () -> group.protocol.sent(1, 0, vote));
  }

  @Test
  void aVoteForAnotherThanTheBallotSaysIsSeen() {
    group.on(1).votes(5, 2);

    group.protocol.sent(1, 2, new Message.VoteReply(N2, 5, true));
    assertSeen(PERSIST, () -> group.protocol.sent(1, 0, new Message.VoteReply(N2, 5, true)));
  }

  @Test
  void aRefusedVoteWaitsForItsTermOnly() {
    Message refusal = new Message.VoteReply(N2, 5, false);

    waitsForTheBallot(1, new Ballot(5, null), () -> group.protocol.sent(1, 0, refusal));
  }

  @Test
  void aRequestForVotesWaitsForTheOwnVote() {
    Message ask = new Message.RequestVote(N1, 5, EntryId.ZERO, false);

    waitsForTheBallot(0, new Ballot(5, GhostGroup.peer(0)), () -> group.says(0, ask));
  }

  @Test
  void aLeadershipWaitsForTheOwnVote() {
    waitsForTheBallot(
        0, new Ballot(5, GhostGroup.peer(0)), () -> group.protocol.promises().leads(0, 5));
    group.elects(1, 6);
    waitsForTheBallot(1, new Ballot(6, GhostGroup.peer(1)), () -> group.says(1, beat(1, 6)));
  }

  @Test
  void aTermIsToldWhenItIsOnDisk() {
    Message reply = new Message.HeartbeatReply(N2, 5, 1, 1);
    Message refusal = new Message.AppendReply(N2, 6, 1, false, 0, 0, List.of());

    waitsForTheBallot(1, new Ballot(5, null), () -> group.protocol.sent(1, 0, reply));
    waitsForTheBallot(1, new Ballot(6, null), () -> group.protocol.sent(1, 0, refusal));
  }

  @Test
  void aMatchWaitsForItsEntries() {
    group.leads(0, 1);
    group.on(0).appends(1, 1, 3);
    group.on(1).votes(1, 0);
    Message match = new Message.AppendReply(N2, 1, 1, true, 3, 3, List.of());
    group.on(1).hold();
    group.on(1).appends(1, 1, 3);

    assertSeen(PERSIST, () -> group.protocol.sent(1, 0, match));
    group.on(1).release();

    group.protocol.sent(1, 0, match);
  }

  @Test
  void aMatchOfEntriesThatTheLeaderDoesNotHaveIsSeen() {
    group.on(1).votes(1, 1);
    group.on(1).appends(1, 1, 3);
    group.leads(0, 2);
    group.on(0).appends(1, 2, 3);
    group.on(1).votes(2, 0);
    Message match = new Message.AppendReply(N2, 2, 1, true, 2, 3, List.of());

    assertSeen(PERSIST, () -> group.protocol.sent(1, 0, match)); // 2@1 is not 2@2
    group.on(1).appends(1, 2, 2);

    group.protocol.sent(1, 0, match);
  }

  @Test
  void nothingIsSaidBehindAFailedWrite() {
    group.on(1).votes(1, 0);
    group.on(1).disk().failForces(1);
    group.on(1).appends(1, 1, 1);
    Message reply = new Message.HeartbeatReply(N2, 1, 1, 1);

    assertThat(group.on(1).hasFailed()).isTrue();
    group.protocol.sent(1, 0, reply); // stages hear of it a moment later
    group.simulation.run(Duration.ofMillis(600));
    assertSeen("FENCE", () -> group.protocol.sent(1, 0, reply));
  }

  @Test
  void whoStartsAgainBehindAFailedWriteMaySpeak() {
    group.on(1).votes(1, 0);
    group.on(1).disk().failForces(1);
    group.on(1).appends(1, 1, 1);
    Message reply = new Message.HeartbeatReply(N2, 1, 1, 1);
    group.protocol.sent(1, 0, reply);
    group.on(1).powerCut();
    group.on(1).open();
    group.simulation.run(Duration.ofMillis(600));

    group.protocol.sent(1, 0, reply);
  }

  @Test
  void whoCannotWriteForTwoElectionTimeoutsLeadsNoLonger() {
    group.leads(0, 1);
    group.on(0).hold();
    group.on(0).appends(1, 1, 1);
    group.simulation.run(Duration.ofSeconds(2));

    group.says(0, beat(0, 1));
    group.simulation.run(Duration.ofMillis(800));
    assertSeen("STALLED_LEADER", () -> group.says(0, beat(0, 1)));
  }

  @Test
  void aLeaderThatWasPausedMeanwhileIsForgivenThatTime() {
    group.leads(0, 1);
    group.on(0).hold();
    group.on(0).appends(1, 1, 1);
    group.protocol.promises().paused(0, 2_500_000_000L);
    group.simulation.run(Duration.ofMillis(2_900));

    group.says(0, beat(0, 1));
  }
}
