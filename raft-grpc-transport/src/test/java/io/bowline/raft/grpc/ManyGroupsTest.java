package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.RaftConfig;
import io.bowline.raft.RaftException;
import io.bowline.raft.RaftHost;
import io.bowline.raft.RaftNode;
import io.bowline.raft.StateMachine;
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
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that stay, and groups and clients that come and go: nothing of them is left. */
@Timeout(300)
class ManyGroupsTest {
  private static final List<String> OF_A_GROUP =
      List.of(
          "RaftNode",
          "NodeRuntime",
          "NodeLoop",
          "RaftCore",
          "DiskWriter",
          "ApplyPipeline",
          "SessionTable",
          "TailCache",
          "SegmentedLog",
          "BallotFile",
          "StreamLink",
          "PeerLink",
          "PeerStream");
  private static final List<String> OF_A_CLIENT =
      List.of("RaftClient", "ClientLoop", "Conversation", "Route", "Link", "GrpcClientConnection");
  private static final RaftConfig CONFIG =
      RaftConfig.builder()
          .heartbeatInterval(Duration.ofMillis(20))
          .electionTimeout(Duration.ofMillis(200))
          .proposalTimeout(Duration.ofSeconds(5))
          .build();

  /** Counts commands. */
  private static final class Count implements StateMachine<String, Long> {
    private long count;

    @Override
    public void apply(CommittedBatch<String, Long> batch) {
      while (batch.next()) {
        batch.command();
        batch.reply(++count);
      }
    }

    @Override
    public Long query(String any) {
      return count;
    }
  }

  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<RaftHost> hosts = new ArrayList<>();
  private final List<Member> members = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    assumeThat(Files.isDirectory(Path.of("/proc/self/fd"))).isTrue();
    for (String id : List.of("n1", "n2", "n3")) {
      RaftHost host =
          RaftHost.builder()
              .cluster(ClusterId.of("test"))
              .node(NodeId.of(id))
              .transport(GrpcTransport.builder().listen("127.0.0.1:0").build())
              .metrics(new MicrometerMetrics(meters))
              .open();
      hosts.add(host);
      members.add(Member.voter(NodeId.of(id), host.address()));
    }
  }

  @AfterEach
  void stop() {
    hosts.forEach(RaftHost::close);
  }

  private List<RaftNode<String, Long>> open(GroupId group) throws RaftException {
    List<RaftNode<String, Long>> nodes = new ArrayList<>();
    for (RaftHost host : hosts) {
      nodes.add(
          host.group(group, new Count())
              .commands(Codec.utf8())
              .replies(Codec.int64())
              .config(CONFIG)
              .directory(place(group, host))
              .bootstrap(Membership.of(members.toArray(new Member[0]))));
    }
    return nodes;
  }

  private Path place(GroupId group, RaftHost host) {
    return directory.resolve(host.node().value()).resolve(group.value());
  }

  private static RaftNode<String, Long> leader(List<RaftNode<String, Long>> nodes) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> nodes.stream().anyMatch(RaftNode::isLeader));
    return nodes.stream().filter(RaftNode::isLeader).findFirst().orElseThrow();
  }

  /** Some proposals, a change of leader, the end of all three and of their files. */
  private void live(GroupId group) throws Exception {
    List<RaftNode<String, Long>> nodes = new ArrayList<>(open(group));
    propose(nodes, 20);
    RaftNode<String, Long> first = leader(nodes);
    assertThat(first.close(Duration.ofSeconds(10))).isTrue();
    nodes.remove(first);
    propose(nodes, 1);
    for (RaftNode<String, Long> node : nodes) {
      assertThat(node.close(Duration.ofSeconds(10))).isTrue();
    }
    for (RaftHost host : hosts) {
      delete(place(group, host));
    }
  }

  /** To whoever leads: elections are short here, and a busy machine may need a second one. */
  private static void propose(List<RaftNode<String, Long>> nodes, int times) {
    int committed = 0;
    for (int tries = 0; committed < times; tries++) {
      assertThat(tries).as("proposals that were not committed").isLessThan(times + 100);
      Outcome<Long> outcome = leader(nodes).propose("x").orTimeout(20, TimeUnit.SECONDS).join();
      committed += outcome instanceof Outcome.Committed ? 1 : 0;
    }
  }

  private static void delete(Path place) throws IOException {
    try (Stream<Path> all = Files.walk(place)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  void nothingOfAFewGroupsIsLeft() throws Exception {
    comeAndGo(3);
  }

  @Test
  @Tag("long")
  void nothingOfManyGroupsIsLeft() throws Exception {
    comeAndGo(100);
  }

  private void comeAndGo(int groups) throws Exception {
    Map<String, Long> ofOthers = LivingObjects.of(OF_A_GROUP); // other tests of this process
    live(GroupId.of("first")); // whatever hosts make once is made by now
    int threads = LivingObjects.threads();
    long files = LivingObjects.files();

    for (int i = 0; i < groups; i++) {
      live(GroupId.of("g" + i));
    }

    assertThat(meters.getMeters()).isEmpty();
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(moreThan(ofOthers, OF_A_GROUP)).isEmpty());
    assertThat(LivingObjects.filesUnder(directory)).isZero();
    assertThat(LivingObjects.files()).isLessThanOrEqualTo(files + 8);
    assertThat(LivingObjects.threads()).isLessThanOrEqualTo(threads + 16); // of all their stages
    assertNoHealthEntry("g0");
  }

  private static Map<String, Long> moreThan(Map<String, Long> before, List<String> names) {
    Map<String, Long> now = LivingObjects.of(names);
    now.entrySet().removeIf(one -> one.getValue() <= before.getOrDefault(one.getKey(), 0L));
    return now;
  }

  private void assertNoHealthEntry(String group) {
    ManagedChannel channel =
        Grpc.newChannelBuilder(
                "dns:///" + hosts.get(0).address(), InsecureChannelCredentials.create())
            .proxyDetector(target -> null)
            .build();
    try {
      HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(channel);
      HealthCheckRequest request = HealthCheckRequest.newBuilder().setService(group).build();
      assertThatThrownBy(() -> health.check(request)).hasMessageContaining("NOT_FOUND");
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  @Tag("long")
  void nothingOfManyClosedClientsIsLeft() throws Exception {
    GroupId group = GroupId.of("served");
    Map<String, Long> ofOthers = LivingObjects.of(OF_A_CLIENT);
    leader(open(group));
    GrpcClientTransport transport = GrpcClientTransport.create();
    ask(group, transport).close();
    int threads = LivingObjects.threads();

    for (int i = 0; i < 2_000; i++) {
      ask(group, transport).close();
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(moreThan(ofOthers, OF_A_CLIENT)).isEmpty());
    assertThat(LivingObjects.threads()).isLessThanOrEqualTo(threads + 4);

    transport.close();
  }

  private RaftClient<String, Long> ask(GroupId group, GrpcClientTransport transport)
      throws InterruptedException {
    RaftClient<String, Long> client =
        RaftClient.builder()
            .group(group)
            .commands(Codec.utf8())
            .replies(Codec.int64())
            .addresses(hosts.stream().map(RaftHost::address).toList())
            .transport(transport)
            .timeout(Duration.ofSeconds(20))
            .open();
    assertThat(client.submitAndWait("x")).isInstanceOf(Outcome.Committed.class);
    return client;
  }
}
