package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.RaftHost;
import io.bowline.raft.RaftNode;
import io.bowline.raft.client.RaftClient;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Codec;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Outcome;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole nodes and a client over this transport, on loopback and real files. */
class RaftOverGrpcTest {
  private static final GroupId GROUP = GroupId.of("counts");

  @TempDir Path directory;
  private final List<TimedTransport> transports = new ArrayList<>();
  private final List<RaftHost> hosts = new ArrayList<>();
  private final List<RaftNode<String, Long>> nodes = new ArrayList<>();
  private final GrpcClientTransport clients = GrpcClientTransport.create();

  @BeforeEach
  void start() throws Exception {
    List<Member> members = new ArrayList<>();
    for (String id : List.of("n1", "n2", "n3")) {
      TimedTransport transport =
          new TimedTransport(GrpcTransport.builder().listen("127.0.0.1:0").build());
      RaftHost host =
          RaftHost.builder()
              .cluster(ClusterId.of("test"))
              .node(NodeId.of(id))
              .transport(transport)
              .open();
      transports.add(transport);
      hosts.add(host);
      members.add(Member.voter(NodeId.of(id), host.address()));
    }
    for (RaftHost host : hosts) {
      nodes.add(
          host.group(GROUP, new WordCount())
              .commands(Codec.utf8())
              .replies(Codec.int64())
              .directory(directory.resolve(host.node().value()))
              .bootstrap(Membership.of(members.toArray(new Member[0]))));
    }
  }

  @AfterEach
  void stop() {
    clients.close();
    hosts.forEach(RaftHost::close);
  }

  private RaftClient<String, Long> client() {
    return RaftClient.builder()
        .group(GROUP)
        .commands(Codec.utf8())
        .replies(Codec.int64())
        .addresses(hosts.stream().map(RaftHost::address).toList())
        .transport(clients)
        .timeout(Duration.ofSeconds(30))
        .open();
  }

  private int leader() {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> nodes.stream().filter(RaftNode::isLeader).count() == 1);
    return nodes.indexOf(nodes.stream().filter(RaftNode::isLeader).findFirst().orElseThrow());
  }

  private static Outcome<Long> done(CompletableFuture<Outcome<Long>> call) {
    return call.orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Test
  void aClientCountsThroughTheLossOfItsLeader() throws Exception {
    try (RaftClient<String, Long> client = client()) {
      List<CompletableFuture<Outcome<Long>>> calls = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        calls.add(client.submit("word"));
      }
      assertThat(done(calls.get(0))).isInstanceOf(Outcome.Committed.class);
      hosts.get(leader()).close();
      for (int i = 0; i < 1_000; i++) {
        calls.add(client.submit("word"));
      }

      long committed =
          calls.stream().filter(call -> done(call) instanceof Outcome.Committed).count();

      assertThat(committed).isEqualTo(2_000);
      assertThat(client.queryAndWait("word"))
          .isInstanceOfSatisfying(
              Outcome.Committed.class, read -> assertThat(read.reply()).isEqualTo(2_000L));
    }
  }

  @Test
  void callbacksReturnInMicroseconds() throws Exception {
    try (RaftClient<String, Long> client = client()) {
      List<CompletableFuture<Outcome<Long>>> calls = new ArrayList<>();
      for (int round = 0; round < 200; round++) {
        for (int i = 0; i < 50; i++) {
          calls.add(client.submit("word" + i));
        }
        done(calls.get(calls.size() - 1));
      }
    }

    // The median: the longest are those during which the machine did something else.
    for (TimedTransport transport : transports) {
      assertThat(transport.callbackNanos()).hasSizeGreaterThan(100);
      assertThat(transport.percentile(50)).as("ns, median").isLessThan(500_000);
    }
  }

  @Test
  void theHealthServiceSaysThatAGroupServesWhenItKnowsALeader() {
    leader();
    for (RaftHost host : hosts) {
      ManagedChannel channel =
          Grpc.newChannelBuilder("dns:///" + host.address(), InsecureChannelCredentials.create())
              .proxyDetector(target -> null)
              .build();
      try {
        HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(channel);
        HealthCheckRequest request =
            HealthCheckRequest.newBuilder().setService(GROUP.value()).build();
        await().until(() -> health.check(request).getStatus() == ServingStatus.SERVING);
      } finally {
        channel.shutdownNow();
      }
    }
  }
}
