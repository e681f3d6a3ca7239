package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.client.ClientTransport;
import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.Frame;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
import io.bowline.raft.testkit.junit.conformance.Cable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClientConnectionTest {
  private TestHost node;
  private GrpcClientTransport clients;

  /** What a connection told. */
  static final class Told implements ClientTransport.Listener {
    final Queue<ClientReply> replies = new ConcurrentLinkedQueue<>();
    final Queue<String> closed = new ConcurrentLinkedQueue<>();
    volatile boolean opened;
    volatile int writable;

    @Override
    public void opened() {
      opened = true;
    }

    @Override
    public void replies(List<ClientReply> batch) {
      replies.addAll(batch);
    }

    @Override
    public synchronized void writable() {
      writable++;
    }

    @Override
    public void closed(String reason) {
      closed.add(reason);
    }
  }

  @BeforeEach
  void start() throws IOException {
    node = TestHost.start("n1").serve();
    clients = GrpcClientTransport.create();
  }

  @AfterEach
  void stop() {
    clients.close();
    node.close();
  }

  static ClientRequest command(long id, int bytes) {
    return new ClientRequest.Command(
        id,
        TestHost.GROUP,
        1_000_000,
        new SessionHeader(5, new SessionKey(1, 2), id, 1),
        Payload.of(new byte[bytes]));
  }

  @Test
  void manyRequestsInFlightAreEachAnsweredOnce() {
    node.answer = r -> new ClientReply.Done(r.id(), 7, ((ClientRequest.Command) r).command());
    Told told = new Told();
    ClientTransport.Connection connection = clients.connect(node.transport.address(), told);
    await().until(() -> told.opened);

    List<Long> ids = new ArrayList<>();
    for (long id = 1; id <= 10_000; id++) {
      ids.add(id);
      assertThat(connection.send(List.of(command(id, 32)))).isTrue();
    }

    await().until(() -> told.replies.size() >= ids.size());
    assertThat(told.replies.stream().map(ClientReply::id).toList())
        .containsExactlyInAnyOrderElementsOf(ids);
  }

  private ClientTransport.Connection connect(Told told) {
    ClientTransport.Connection connection = clients.connect(node.transport.address(), told);
    await().until(() -> told.opened);
    return connection;
  }

  private static ClientReply echo(ClientRequest request) {
    return new ClientReply.Done(request.id(), 7, ((ClientRequest.Command) request).command());
  }

  @Test
  void everyKindOfAnswerArrives() {
    List<ClientReply> answers =
        List.of(
            new ClientReply.Refused(1, new Refusal.NotLeader(), NodeId.of("n2"), "10.0.0.2:4000"),
            new ClientReply.Unknown(2, "the leader stepped down"),
            new ClientReply.Done(3, 12, Payload.EMPTY));
    node.answer = request -> answers.get((int) request.id() - 1);
    Told told = new Told();
    ClientTransport.Connection connection = connect(told);

    connection.send(List.of(command(1, 1), command(2, 1), command(3, 1)));

    await().untilAsserted(() -> assertThat(told.replies).containsExactlyElementsOf(answers));
  }

  @Test
  void nothingIsSentBeforeItIsOpenOrAfterItIsClosed() {
    Told told = new Told();
    ClientTransport.Connection early = clients.connect(node.transport.address(), told);
    boolean sentEarly = !told.opened && early.send(List.of(command(1, 1)));
    await().until(() -> told.opened);

    early.close();

    await().until(() -> !told.closed.isEmpty());
    assertThat(sentEarly).isFalse();
    assertThat(early.send(List.of(command(2, 1)))).isFalse();
    assertThat(told.closed).hasSize(1);
  }

  @Test
  void aNodeThatIsNotThereIsNamed() {
    String address = node.transport.address();
    node.close();
    Told told = new Told();

    clients.connect(address, told);

    await().until(() -> !told.closed.isEmpty());
    assertThat(told.closed.element()).contains(address).contains("Connection refused");
    assertThat(told.opened).isFalse();
  }

  @Test
  void aNodeThatDoesNotAnswerIsGivenUp() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Told told = new Told();

      clients.connect("127.0.0.1:" + silent.getLocalPort(), told);

      await().until(() -> !told.closed.isEmpty());
      assertThat(told.closed.element()).contains("no hello within 2 s");
    }
  }

  @Test
  void aNodeThatGoesClosesItsConnectionsOnce() {
    Told told = new Told();
    ClientTransport.Connection connection = connect(told);

    node.close();

    await().until(() -> !told.closed.isEmpty());
    connection.close();
    clients.close();
    assertThat(told.closed).hasSize(1);
    assertThat(connection.send(List.of(command(1, 1)))).isFalse();
  }

  @Test
  void closingTheTransportClosesItsConnections() {
    Told told = new Told();
    connect(told);

    clients.close();

    await().until(() -> !told.closed.isEmpty());
    assertThatThrownBy(() -> clients.connect(node.transport.address(), told))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatIsNoAddressIsRefused() {
    assertThatThrownBy(() -> clients.connect("localhost", new Told()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("node address 'localhost' is not host:port");
  }

  @Test
  void aRequestThatTheNodeCannotTakeIsRefusedAndTheRestPasses() {
    node.answer = ClientConnectionTest::echo;
    Told told = new Told();
    ClientTransport.Connection connection = connect(told);

    boolean sent =
        connection.send(
            List.of(command(1, 10), command(2, Frame.MAX_PAYLOAD_BYTES), command(3, 10)));

    assertThat(sent).isTrue();
    await().until(() -> told.replies.size() == 3);
    assertThat(told.replies)
        .filteredOn(r -> r instanceof ClientReply.Refused)
        .singleElement()
        .satisfies(
            r -> {
              ClientReply.Refused refused = (ClientReply.Refused) r;
              assertThat(refused.id()).isEqualTo(2);
              assertThat(((Refusal.Invalid) refused.refusal()).detail())
                  .contains("over the limit of 67108864");
            });
  }

  @Test
  void theLargestRequestThatTheNodeTakesPasses() {
    node.answer = ClientConnectionTest::echo;
    Told told = new Told();
    ClientTransport.Connection connection = connect(told);

    connection.send(List.of(command(1, TestHost.MAX_MESSAGE_BYTES - 1024)));

    await().until(() -> told.replies.size() == 1);
    assertThat(told.replies.element()).isInstanceOf(ClientReply.Done.class);
  }

  @Test
  void aReplyThatTheClientCannotTakeEndsUnknownAndTheRestPasses() {
    node.answer = ClientConnectionTest::echo;
    clients.close();
    clients = GrpcClientTransport.builder().maxReplyBytes(1000).build();
    Told told = new Told();
    ClientTransport.Connection connection = connect(told);

    connection.send(List.of(command(1, 1000), command(2, 1001)));

    await().until(() -> told.replies.size() == 2);
    assertThat(told.replies)
        .filteredOn(r -> r instanceof ClientReply.Unknown)
        .singleElement()
        .satisfies(
            r ->
                assertThat(((ClientReply.Unknown) r).reason())
                    .contains("done at index 7")
                    .contains("limit of 1000"));
  }

  @Test
  void aNodeThatDoesNotAnswerIsSentABoundedNumberOfRequests() {
    node.holdAnswers = true;
    clients.close();
    clients = GrpcClientTransport.builder().queueBytes(100_000).build();
    Told told = new Told();
    ClientTransport.Connection connection = connect(told);

    AtomicLong sent = new AtomicLong();
    await()
        .pollInterval(Duration.ofMillis(1))
        .until(() -> fill(connection, sent) >= 0 && node.requests.get() >= 16_384);
    await().during(Duration.ofMillis(300)).until(() -> fill(connection, sent) == 0);
    long read = node.requests.get();
    int writable = told.writable;
    node.answer = ClientConnectionTest::echo;
    node.answerHeld();

    assertThat(read).isLessThan(20_000);
    await().until(() -> told.writable > writable);
    await().until(() -> told.replies.size() >= sent.get());
    await().until(() -> connection.send(List.of(command(0, 1))));
  }

  /** Sends until it is refused; how many were taken. */
  private static long fill(ClientTransport.Connection connection, AtomicLong sent) {
    long before = sent.get();
    while (connection.send(List.of(command(sent.get() + 1, 1000)))) {
      sent.incrementAndGet();
    }
    return sent.get() - before;
  }

  @Test
  void aClientThatDoesNotReadItsAnswersIsNotReadFrom() throws IOException {
    Payload large = Payload.of(new byte[64 << 10]);
    node.answer = r -> new ClientReply.Done(r.id(), 7, large);
    try (Cable cable = Cable.tcp(node.transport.address())) {
      Told told = new Told();
      ClientTransport.Connection connection = clients.connect(cable.address(), told);
      await().until(() -> told.opened);
      cable.holdAfter(1 << 20);

      // 4,000 answers of 64 KiB would be 256 MiB: of these the node keeps 16 MiB and some.
      for (long id = 1; id <= 4_000; id++) {
        connection.send(List.of(command(id, 1)));
      }

      await().during(Duration.ofSeconds(1)).until(() -> node.requests.get() < 1_500);
      cable.holdAfter(Long.MAX_VALUE);
      await().atMost(Duration.ofSeconds(60)).until(() -> told.replies.size() > 1_500);
      connection.close();
    }
  }
}
