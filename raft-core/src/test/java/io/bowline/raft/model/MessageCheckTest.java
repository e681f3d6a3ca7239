package io.bowline.raft.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One message of a session that no leader reaches would make a follower deaf to all that come. */
class MessageCheckTest {
  private static final NodeId N2 = NodeId.of("n2");

  private static List<Message> ofSession(int session) {
    return List.of(
        new Message.AppendEntries(N2, 1, session, EntryId.ZERO, EntryBatch.EMPTY, 0),
        new Message.AppendReply(N2, 1, session, true, 0, 0, List.of()),
        new Message.Heartbeat(N2, 1, session, 1, 0, 0),
        new Message.HeartbeatReply(N2, 1, session, 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Message.MAX_SESSION + 1, Integer.MAX_VALUE})
  void aSessionThatNobodyReachesIsRefused(int session) {
    assertThat(ofSession(session))
        .extracting(Message::problem)
        .containsOnly("no leader comes to session " + session + " in its term");
  }

  @Test
  void theLargestSessionIsHeard() {
    assertThat(ofSession(Message.MAX_SESSION)).extracting(Message::problem).containsOnlyNulls();
  }
}
