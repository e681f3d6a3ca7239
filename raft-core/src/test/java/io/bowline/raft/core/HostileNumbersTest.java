package io.bowline.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.TermRun;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What others say is input: every number of every message at its ends, from a member and from
 * another directory, in each role. Nothing throws, no term is burnt, and the group goes on.
 */
class HostileNumbersTest {
  private static final NodeId N3 = NodeId.of("n3");
  private static final long[] ENDS = {
    Long.MIN_VALUE, -1, 0, 1, 2, 3, Message.MAX_NUMBER, Message.MAX_NUMBER + 1, Long.MAX_VALUE
  };
  private static final long[] TERMS = {1, 2, 3};

  /** Some of them, as the sender's term takes its turn with each. */
  private static List<Message> messages() {
    List<Message> all = new ArrayList<>();
    for (long n : ENDS) {
      for (long term : TERMS) {
        ofNumber(n, term, all);
      }
      ofNumber(2, n, all);
    }
    return all;
  }

  private static void ofNumber(long n, long term, List<Message> all) {
    int small = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, n));
    TermRun run = new TermRun(1, 1, 1);
    all.add(new Message.PreVoteReply(N3, term, true));
    all.add(new Message.PreVoteReply(N3, term, false));
    all.add(new Message.VoteReply(N3, term, false));
    for (EntryId id : List.of(new EntryId(n, 1), new EntryId(1, n), new EntryId(n, n))) {
      all.add(new Message.PreVote(N3, term, id));
      all.add(new Message.RequestVote(N3, term, id, true));
      all.add(new Message.AppendEntries(N3, term, 1, id, EntryBatch.EMPTY, 0));
      all.add(new Message.AppendEntries(N3, term, 1, id, entry(n, 1, 0), n));
      all.add(new Message.AppendEntries(N3, term, 1, new EntryId(1, 1), entry(2, n, 0), 2));
      all.add(new Message.AppendEntries(N3, term, 1, new EntryId(1, 1), entry(2, 2, n), 2));
    }
    all.add(new Message.AppendEntries(N3, term, small, EntryId.ZERO, EntryBatch.EMPTY, n));
    all.add(new Message.Heartbeat(N3, term, small, 1, 0, 0));
    all.add(new Message.Heartbeat(N3, term, 1, n, n, n));
    all.add(new Message.HeartbeatReply(N3, term, 1, n));
    all.add(new Message.HeartbeatReply(N3, term, small, 1));
    for (boolean matched : new boolean[] {true, false}) {
      all.add(new Message.AppendReply(N3, term, 1, matched, n, n, List.of(run)));
      all.add(new Message.AppendReply(N3, term, small, matched, 1, 1, List.of()));
      for (TermRun odd :
          List.of(new TermRun(n, 1, 1), new TermRun(1, n, 1), new TermRun(1, 1, n), run)) {
        all.add(new Message.AppendReply(N3, term, 1, matched, 2, 2, List.of(odd, run)));
      }
    }
  }

  private static EntryBatch entry(long index, long term, long time) {
    return EntryBatch.builder(new EntryId(index, term), 1, 0, time)
        .add(EntryType.NO_OP, new byte[0])
        .build();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n1 follower of n1 n2 n3, term 2, leader n2, log 1@1 2@2, commit 1",
        "n1 follower of n1 n2 n3, term 2, log 1@1",
        "n1 pre-candidate of n1 n2 n3, term 2, log 1@1",
        "n1 candidate of n1 n2 n3, term 2, log 1@1, ballot pending",
        "n1 leader of n1 n2 n3, term 2, log 1@1 2@2, match n2=2",
      })
  void noNumberHaltsANodeOrBurnsATerm(String beginning) {
    for (Message message : messages()) {
      assertThat(message.toString()).isNotEmpty();
      for (Incarnation sender : List.of(new Incarnation(0, 3), new Incarnation(0, 9))) {
        takes(beginning, sender, message);
      }
    }
  }

  private static void takes(String beginning, Incarnation sender, Message message) {
    ScenarioWorld world = ScenarioSetup.world(beginning);
    long term = world.status().term();
    long commit = world.status().commitIndex();

    world.step(new Input.Receive(message, sender, 1));
    world.step(new Input.Receive(message, sender, 2)); // again: what the first one left is met
    world.advance(2_000_000_000);
    world.step(new Input.Wake());

    CoreStatus now = world.status();
    assertThat(now.term()).as("%s at %s", message, beginning).isBetween(term, term + 2);
    assertThat(now.commitIndex()).isGreaterThanOrEqualTo(commit);
    assertThat(now.last().index()).isLessThan(10);
    wins(world, message);
  }

  /** Its term is not burnt: it can still be voted for, or vote, in the next one. */
  private static void wins(ScenarioWorld world, Message before) {
    NodeId other = NodeId.of("n2");
    long next = world.status().term() + 1;
    EntryId last = new EntryId(world.status().last().index() + 1, next);
    List<Effect> effects =
        world.step(
            new Input.Receive(
                new Message.RequestVote(other, next, last, true), new Incarnation(0, 2), 0));

    assertThat(world.status().term()).as("after %s", before).isEqualTo(next);
    assertThat(world.status().votedFor()).isEqualTo(new Peer(other, new Incarnation(0, 2)));
    assertThat(effects).anyMatch(Effect.SaveBallot.class::isInstance);
  }
}
