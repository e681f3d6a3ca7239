package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.RaftConfig;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader with larger limits than its followers commits what only it would propose. */
class LargeCommandTest {
  private static final int LARGE = 4 << 20;
  private static final GroupId GROUP = GroupId.of("large");

  /** The lengths of all commands. */
  private static final class Lengths implements StateMachine<String, Long> {
    final List<Integer> applied = new CopyOnWriteArrayList<>();

    @Override
    public void apply(CommittedBatch<String, Long> batch) {
      while (batch.next()) {
        applied.add(batch.command().length());
        batch.reply((long) batch.command().length());
      }
    }

    @Override
    public Long query(String any) {
      return (long) applied.size();
    }
  }

  @TempDir Path directory;
  private final List<RaftHost> hosts = new ArrayList<>();

  @AfterEach
  void stop() {
    hosts.forEach(RaftHost::close);
  }

  private final List<Lengths> machines = new ArrayList<>();
  private final List<RaftNode<String, Long>> nodes = new ArrayList<>();

  /** Those have small limits, and n1 leads with large ones. */
  private RaftNode<String, Long> open(Set<String> small) throws Exception {
    List<Member> members = new ArrayList<>();
    for (String id : List.of("n1", "n2", "n3")) {
      RaftHost host =
          RaftHost.builder()
              .cluster(ClusterId.of("test"))
              .node(NodeId.of(id))
              .transport(GrpcTransport.builder().listen("127.0.0.1:0").build())
              .maxMessageBytes(small.contains(id) ? 64 << 10 : 8 << 20)
              .open();
      hosts.add(host);
      members.add(Member.voter(NodeId.of(id), host.address()));
    }
    for (RaftHost host : hosts) {
      String id = host.node().value();
      Lengths machine = new Lengths();
      machines.add(machine);
      nodes.add(
          host.group(GROUP, machine)
              .commands(Codec.utf8())
              .replies(Codec.int64())
              .config(
                  RaftConfig.builder()
                      .electionTimeout(Duration.ofSeconds(id.equals("n1") ? 1 : 10))
                      .maxCommandBytes(small.contains(id) ? 32 << 10 : 16 << 20)
                      .maxBatchBytes(32 << 10)
                      .build())
              .directory(directory.resolve(id))
              .bootstrap(Membership.of(members.toArray(new Member[0]))));
    }
    RaftNode<String, Long> leader = nodes.get(0);
    await().atMost(Duration.ofSeconds(20)).until(leader::isLeader);
    return leader;
  }

  private void awaitApplied(Integer... lengths) {
    for (Lengths machine : machines) {
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(machine.applied).containsExactly(lengths));
    }
  }

  @Test
  void oneThatIsLargerThanTheFollowersLimitsIsCommittedAndBlocksNobody() throws Exception {
    RaftNode<String, Long> leader = open(Set.of("n2", "n3"));

    assertThat(propose(leader, LARGE)).isInstanceOf(Outcome.Committed.class);
    assertThat(propose(leader, 10)).isInstanceOf(Outcome.Committed.class);

    awaitApplied(LARGE, 10);
  }

  @Test
  void oneFollowerWithSmallLimitsDoesNotFallBehind() throws Exception {
    RaftNode<String, Long> leader = open(Set.of("n3"));

    assertThat(propose(leader, LARGE)).isInstanceOf(Outcome.Committed.class);
    assertThat(propose(leader, 10)).isInstanceOf(Outcome.Committed.class);

    awaitApplied(LARGE, 10);
  }

  @Test
  void clientsSubmitTheLargestCommandsOfTheDefaultsManyAtATime() throws Exception {
    open(Set.of());
    try (GrpcClientTransport transport = GrpcClientTransport.create();
        RaftClient<String, Long> client =
            RaftClient.builder()
                .group(GROUP)
                .commands(Codec.utf8())
                .replies(Codec.int64())
                .addresses(hosts.stream().map(RaftHost::address).toList())
                .transport(transport)
                .timeout(Duration.ofSeconds(30))
                .open()) {
      List<CompletableFuture<Outcome<Long>>> calls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        calls.add(client.submit("x".repeat(LARGE)));
      }

      for (CompletableFuture<Outcome<Long>> call : calls) {
        assertThat(call.orTimeout(40, TimeUnit.SECONDS).join())
            .isInstanceOf(Outcome.Committed.class);
      }
    }
  }

  private static Outcome<Long> propose(RaftNode<String, Long> node, int length) {
    return node.propose("x".repeat(length)).orTimeout(30, TimeUnit.SECONDS).join();
  }
}
