package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.RaftHost;
import io.bowline.raft.RaftNode;
import io.bowline.raft.StateMachine;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Codec;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the health service says of a process, while its groups come and go. */
class HostHealthTest {
  private static final GroupId GROUP = GroupId.of("slow");

  /** Does not come back from its first command. */
  private static final class Stuck implements StateMachine<String, Long> {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    @Override
    public void apply(CommittedBatch<String, Long> batch) throws IOException {
      reached.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      while (batch.next()) {
        batch.reply(1L);
      }
    }

    @Override
    public Long query(String word) {
      return 0L;
    }
  }

  @Test
  void theProcessServesFromListeningOnUntilItsHostBeginsToClose(@TempDir Path directory)
      throws Exception {
    Stuck stuck = new Stuck();
    GrpcTransport transport = GrpcTransport.builder().listen("127.0.0.1:0").build();
    RaftHost host =
        RaftHost.builder()
            .cluster(ClusterId.of("test"))
            .node(NodeId.of("n1"))
            .transport(transport)
            .open();
    ManagedChannel channel =
        Grpc.newChannelBuilder("dns:///" + host.address(), InsecureChannelCredentials.create())
            .proxyDetector(target -> null)
            .build();
    Thread closing = new Thread(() -> host.close(Duration.ofSeconds(30)), "closing");
    try {
      assertThat(status(channel)).as("before it has any group").isEqualTo(ServingStatus.SERVING);
      RaftNode<String, Long> node =
          host.group(GROUP, stuck)
              .commands(Codec.utf8())
              .replies(Codec.int64())
              .directory(directory)
              .bootstrap(Membership.of(Member.voter(NodeId.of("n1"), host.address())));
      await().until(node::isLeader);
      var unused = node.propose("a command");
      stuck.reached.await();

      closing.start();

      await().until(() -> status(channel) == ServingStatus.NOT_SERVING);
      assertThat(closing.isAlive()).as("it waits for the state machine").isTrue();
    } finally {
      stuck.released.countDown();
      closing.join();
      channel.shutdownNow();
    }
  }

  private static ServingStatus status(ManagedChannel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .check(HealthCheckRequest.newBuilder().setService("").build())
        .getStatus();
  }
}
