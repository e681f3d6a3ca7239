package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.RaftConfig;
import io.bowline.raft.RaftHost;
import io.bowline.raft.RaftNode;
import io.bowline.raft.StateMachine;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader with larger limits than its followers commits what only it would propose. */
class LargeCommandTest {
  private static final int LARGE = 4 << 20;

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

  @Test
  void oneThatIsLargerThanTheFollowersLimitsIsCommittedAndBlocksNobody() throws Exception {
    List<Member> members = new ArrayList<>();
    for (String id : List.of("n1", "n2", "n3")) {
      RaftHost host =
          RaftHost.builder()
              .cluster(ClusterId.of("test"))
              .node(NodeId.of(id))
              .transport(GrpcTransport.builder().listen("127.0.0.1:0").build())
              .maxMessageBytes(id.equals("n1") ? 8 << 20 : 64 << 10)
              .open();
      hosts.add(host);
      members.add(Member.voter(NodeId.of(id), host.address()));
    }
    List<Lengths> machines = new ArrayList<>();
    List<RaftNode<String, Long>> nodes = new ArrayList<>();
    for (RaftHost host : hosts) {
      boolean leads = nodes.isEmpty();
      Lengths machine = new Lengths();
      machines.add(machine);
      nodes.add(
          host.group(GroupId.of("large"), machine)
              .commands(Codec.utf8())
              .replies(Codec.int64())
              .config(
                  RaftConfig.builder()
                      .electionTimeout(Duration.ofSeconds(leads ? 1 : 10))
                      .maxCommandBytes(leads ? 16 << 20 : 32 << 10)
                      .maxBatchBytes(32 << 10)
                      .build())
              .directory(directory.resolve(host.node().value()))
              .bootstrap(Membership.of(members.toArray(new Member[0]))));
    }
    RaftNode<String, Long> leader = nodes.get(0);
    await().atMost(Duration.ofSeconds(20)).until(leader::isLeader);

    assertThat(propose(leader, LARGE)).isInstanceOf(Outcome.Committed.class);
    assertThat(propose(leader, 10)).isInstanceOf(Outcome.Committed.class);

    for (Lengths machine : machines) {
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(machine.applied).containsExactly(LARGE, 10));
    }
  }

  private static Outcome<Long> propose(RaftNode<String, Long> node, int length) {
    return node.propose("x".repeat(length)).orTimeout(30, TimeUnit.SECONDS).join();
  }
}
