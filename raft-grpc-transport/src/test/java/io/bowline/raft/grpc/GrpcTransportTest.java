package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.TermRun;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GrpcTransportTest {
  private TestHost n1;
  private TestHost n2;

  @BeforeEach
  void start() throws IOException {
    n1 = TestHost.start("n1").serve();
    n2 = TestHost.start("n2").serve();
  }

  @AfterEach
  void stop() {
    n1.close();
    n2.close();
  }

  private void connect() {
    n1.knows(n2);
    n2.knows(n1);
    awaitConnected(n1, n2);
    awaitConnected(n2, n1);
  }

  private static void awaitConnected(TestHost from, TestHost to) {
    await().until(() -> !from.connected.isEmpty());
    await().until(() -> from.send(to, new Message.PreVote(from.id, 0, EntryId.ZERO)));
    await().until(() -> !to.received.isEmpty());
    to.received.clear();
  }

  @Test
  void requestsGoOutAndTheirAnswersComeBack() {
    connect();
    EntryId last = new EntryId(7, 3);
    List<Message> requests =
        List.of(
            new Message.PreVote(n1.id, 4, last),
            new Message.RequestVote(n1.id, 4, last, true),
            new Message.Heartbeat(n1.id, 4, 2, 9, 6, 0),
            new Message.AppendEntries(n1.id, 4, 2, last, EntryBatch.EMPTY, 6));
    List<Message> replies =
        List.of(
            new Message.PreVoteReply(n2.id, 4, true),
            new Message.VoteReply(n2.id, 4, false),
            new Message.HeartbeatReply(n2.id, 4, 2, 9),
            new Message.AppendReply(n2.id, 4, 2, false, 7, 9, List.of(new TermRun(3, 1, 9))));

    requests.forEach(request -> assertThat(n1.send(n2, request)).isTrue());
    replies.forEach(reply -> assertThat(n2.send(n1, reply)).isTrue());

    await()
        .untilAsserted(
            () -> assertThat(n2.messages()).containsExactlyInAnyOrderElementsOf(requests));
    await()
        .untilAsserted(
            () -> assertThat(n1.messages()).containsExactlyInAnyOrderElementsOf(replies));
    assertThat(n2.received).allMatch(r -> r.from().equals(n1.peer(TestHost.GROUP)));
    assertThat(n1.received).allMatch(r -> r.from().equals(n2.peer(TestHost.GROUP)));
  }

  @Test
  void entriesArriveAsTheyWere() {
    connect();
    EntryBatch entries = TestHost.entries(8, 4, 100, 1000);

    n1.send(n2, new Message.AppendEntries(n1.id, 4, 2, new EntryId(7, 3), entries, 6));

    await().until(() -> !n2.received.isEmpty());
    Message.AppendEntries got = (Message.AppendEntries) n2.messages().get(0);
    assertThat(got.entries().lastIndex()).isEqualTo(107);
    assertThat(TestHost.bytes(got.entries())).isEqualTo(TestHost.bytes(entries));
    assertThat(got.prev()).isEqualTo(new EntryId(7, 3));
  }
}
