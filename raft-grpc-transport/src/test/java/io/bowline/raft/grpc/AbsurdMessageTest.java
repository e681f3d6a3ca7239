package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.TermRun;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each number of such a message may be; together they say what nobody can mean. */
class AbsurdMessageTest {
  private static final NodeId N1 = NodeId.of("n1");

  private final Warnings warnings = new Warnings();
  private TestHost n1;
  private TestHost n2;

  static Stream<Message> questions() {
    return Stream.of(
        new Message.PreVote(N1, 1, new EntryId(5, 3)),
        new Message.RequestVote(N1, 4, new EntryId(0, 3), false),
        new Message.AppendEntries(N1, 2, 1, new EntryId(1, 1), TestHost.entries(3, 1, 1, 10), 1));
  }

  @BeforeEach
  void start() throws IOException {
    n1 = TestHost.start("n1").serve();
    n2 = TestHost.start("n2").serve();
    n1.knows(n2);
    await().until(() -> n1.connected.size() == 1 && n1.send(n2, vote()));
    await().until(() -> n2.messages().size() == 1);
  }

  @AfterEach
  void stop() {
    n1.close();
    n2.close();
    warnings.close();
  }

  private static Message vote() {
    return new Message.PreVote(N1, 1, EntryId.ZERO);
  }

  @ParameterizedTest
  @MethodSource("questions")
  void aQuestionThatNobodyCanMeanEndsItsStream(Message absurd) {
    assertThat(n1.send(n2, absurd)).isTrue();

    String what = absurd.getClass().getSimpleName() + " cannot be meant: " + absurd.problem();
    await().until(() -> !warnings.of("a peer's message was not understood", what).isEmpty());
    await().until(() -> !n2.closed.isEmpty());
    await().until(() -> n1.send(n2, vote())); // they dial anew, and go on
    await().until(() -> n2.messages().size() > 1);
    assertThat(n2.messages()).allMatch(vote()::equals);
  }

  @Test
  void anAnswerThatNobodyCanMeanEndsItsStream() {
    Message absurd =
        new Message.AppendReply(n2.id, 1, 1, false, 5, 9, List.of(new TermRun(3, 2, 1)));

    await().until(() -> n2.send(n1, absurd)); // the answers' way is there with the questions'

    String what = "AppendReply cannot be meant: " + absurd.problem();
    await().until(() -> !warnings.of("a peer's message was not understood", what).isEmpty());
    await().until(() -> !n1.closed.isEmpty());
    assertThat(n1.received).isEmpty();
  }
}
