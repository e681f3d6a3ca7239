package io.bowline.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.core.Effect;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldSendsTest {
  private static final NodeId SELF = NodeId.of("n1");
  private static final Peer LEADER = new Peer(NodeId.of("n2"), new Incarnation(0, 2));

  private final List<Effect.Send> out = new ArrayList<>();
  private final HeldSends held = new HeldSends(out::add);

  private static Effect.Send reply(long term, long match, long afterWrite) {
    return new Effect.Send(
        LEADER, new Message.AppendReply(SELF, term, 1, true, match, match, List.of()), afterWrite);
  }

  @Test
  void aPromiseWaitsForItsWrite() {
    Effect.Send promise = reply(2, 5, 3);
    held.send(promise);
    held.durable(2);
    assertThat(out).isEmpty();

    held.durable(3);

    assertThat(out).containsExactly(promise);
  }

  @Test
  void aPromiseOfATermThatIsOverIsDropped() {
    held.send(reply(2, 5, 3));
    held.term(3);

    held.durable(3);

    assertThat(out).isEmpty();
  }

  @Test
  void ofSeveralMatchesThatOneFsyncSetsFreeTheLastIsSent() {
    Effect.Send last = reply(2, 7, 5);
    held.send(reply(2, 5, 3));
    held.send(reply(2, 6, 4));
    held.send(last);

    held.durable(5);

    assertThat(out).containsExactly(last);
  }

  @Test
  void aVoteIsNeverSaidBetterByAnAppendReply() {
    Effect.Send vote = new Effect.Send(LEADER, new Message.VoteReply(SELF, 2, true), 3);
    held.send(vote);
    held.send(reply(2, 5, 3));

    held.durable(3);

    assertThat(out).hasSize(2).contains(vote);
  }
}
