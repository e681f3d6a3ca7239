package io.bowline.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.RecordText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * DESIGN 6: a refusal carries up to 64 term runs, so that even absurd logs are repaired quickly.
 */
class ConflictRepairTest {
  private static final NodeId LEADER = NodeId.of("n1");
  private static final NodeId FOLLOWER = NodeId.of("n2");
  private static final long TERM = 10_000;
  private static final Membership MEMBERS =
      Membership.of(
          Member.voter(LEADER, "").named(ScenarioWorld.incarnationOf(LEADER)),
          Member.voter(FOLLOWER, "").named(ScenarioWorld.incarnationOf(FOLLOWER)));

  /** Interleaved terms: what differs has one entry in each, odd ones here and even ones there. */
  @ParameterizedTest
  @CsvSource({"10,1000,1000", "0,1000,1000", "10,1000,700", "10,700,1000", "500,1000,1"})
  void aThousandInterleavedTermsAreRepairedInTwentyRoundTrips(int common, int mine, int theirs) {
    EntryBatch leaderLog = log(common, mine, i -> 2 * i + 1);
    EntryBatch followerLog = log(common, theirs, i -> 2 * i);
    RaftCore leader = core(LEADER, leaderLog);
    RaftCore follower = core(FOLLOWER, followerLog);

    int roundTrips = 0;
    List<Effect> toDo = elect(leader);
    while (follower.status().last().index() != common + mine + 1
        || follower.status().last().term() != TERM) {
      Message.AppendEntries append = toSend(toDo, leaderLog);
      Message reply = answer(follower, append);
      roundTrips++;
      toDo = new ArrayList<>();
      if (!append.entries().isEmpty()) {
        leader.step(
            new Input.Sent(ScenarioWorld.peerOf(FOLLOWER), 1, append.entries().lastIndex(), 0),
            1,
            toDo);
      }
      leader.step(received(reply), 1, toDo);
    }

    assertThat(roundTrips).isLessThanOrEqualTo(20);
  }

  private static EntryBatch log(int common, int more, LongUnaryOperator term) {
    List<EntryBatch> entries = new ArrayList<>();
    for (long index = 1; index <= common + more; index++) {
      long ofTerm = index <= common ? 1 : term.applyAsLong(index);
      entries.add(TestNode.command(new EntryId(index, ofTerm), index, 0));
    }
    return EntryBatch.join(entries);
  }

  private static RaftCore core(NodeId self, EntryBatch log) {
    CoreConfig config =
        RecordText.read(
            "CoreConfig heartbeatNanos=100ms electionTimeoutNanos=1s maxInflightBytes=9000000"
                + " maxInflightMessages=64 maxBatchBytes=1000000 maxUncommittedBytes=1000000"
                + " maxWaitingReads=10 checkQuorum=true self="
                + self
                + " incarnation="
                + ScenarioWorld.incarnationOf(self),
            CoreConfig.class);
    LogShape shape = new LogShape(EntryId.ZERO, log.termRuns(), List.of(), 0);
    return new RaftCore(config, new Ballot(TERM - 1, null), shape, MEMBERS, () -> 0);
  }

  private static List<Effect> elect(RaftCore leader) {
    List<Effect> effects = new ArrayList<>();
    leader.step(new Input.Wake(), 0, effects);
    leader.step(new Input.Wake(), 1_000_000_000, effects);
    leader.step(new Input.Durable(1), 1_000_000_000, effects);
    leader.step(received(new Message.VoteReply(FOLLOWER, TERM, true)), 1, effects);
    return effects;
  }

  private static Input received(Message message) {
    return new Input.Receive(message, ScenarioWorld.incarnationOf(message.from()), 1);
  }

  /** The last AppendEntries that is to go out. */
  private static Message.AppendEntries toSend(List<Effect> effects, EntryBatch log) {
    EntryId noOp = new EntryId(log.lastIndex() + 1, TERM);
    for (int i = effects.size() - 1; i >= 0; i--) {
      if (effects.get(i) instanceof Effect.SendEntries send) {
        List<EntryBatch> entries = new ArrayList<>();
        if (send.firstIndex() <= log.lastIndex()) {
          entries.add(log.range(send.firstIndex(), log.lastIndex()));
        }
        entries.add(TestNode.command(noOp, 0, 0));
        return new Message.AppendEntries(
            LEADER, TERM, send.session(), send.prev(), EntryBatch.join(entries), send.commit());
      } else if (effects.get(i) instanceof Effect.Send send
          && send.message() instanceof Message.AppendEntries append) {
        return append;
      }
    }
    throw new AssertionError("the leader has given up: " + effects);
  }

  private static Message answer(RaftCore follower, Message.AppendEntries append) {
    List<Effect> effects = new ArrayList<>();
    follower.step(received(append), 1, effects);
    for (Effect effect : effects) {
      if (effect instanceof Effect.Send send
          && send.message() instanceof Message.AppendReply reply) {
        return reply;
      }
    }
    throw new AssertionError("no answer to " + append);
  }
}
