package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.client.ClientTransport;
import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.SessionHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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
        id, TestHost.GROUP, 1_000_000, new SessionHeader(5, id, 1), Payload.of(new byte[bytes]));
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
}
