package io.bowline.raft;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Codec;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Refusal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole node over files, in one process: what an embedder sees. */
class ThreeNodesTest {
  private static final ClusterId CLUSTER = ClusterId.of("test");
  private static final GroupId GROUP = GroupId.of("sums");
  private static final Membership MEMBERS =
      Membership.of(
          Member.voter(NodeId.of("n1"), "local:1"),
          Member.voter(NodeId.of("n2"), "local:2"),
          Member.voter(NodeId.of("n3"), "local:3"));
  private static final long TAIL_BYTES = 4_096;
  private static final RaftConfig CONFIG =
      RaftConfig.builder()
          .heartbeatInterval(Duration.ofMillis(30))
          .electionTimeout(Duration.ofMillis(300))
          .proposalTimeout(Duration.ofSeconds(3))
          .tailCacheBytes(TAIL_BYTES)
          .build();

  @TempDir Path directory;
  private final LoopbackNetwork network = new LoopbackNetwork();
  private final Map<NodeId, RaftHost> hosts = new LinkedHashMap<>();
  private final Map<NodeId, RaftNode<String, Long>> nodes = new LinkedHashMap<>();
  private final Map<NodeId, Long> kept = new ConcurrentHashMap<>();
  private final List<String> events = new CopyOnWriteArrayList<>();

  @BeforeEach
  void openAll() throws Exception {
    for (Member member : MEMBERS.members()) {
      open(member.id());
    }
  }

  @AfterEach
  void closeAll() {
    hosts.values().forEach(RaftHost::close);
    network.close();
  }

  private void open(NodeId id) throws Exception {
    RaftHost host =
        RaftHost.builder()
            .cluster(CLUSTER)
            .node(id)
            .transport(network.transport("local:" + id.value().substring(1)))
            .metrics((group, node) -> new Kept(node))
            .open();
    hosts.put(id, host);
    nodes.put(
        id,
        host.group(GROUP, new RegisterMachine())
            .commands(Codec.utf8())
            .replies(Codec.int64())
            .directory(directory.resolve(id.value()))
            .config(CONFIG)
            .listener(new Recorder(id))
            .bootstrapOrResume(MEMBERS));
  }

  /** Hears how much of its log a node keeps in memory. */
  private final class Kept implements RaftMetrics.Sink {
    private final NodeId id;

    Kept(NodeId id) {
      this.id = id;
    }

    @Override
    public void set(String name, long value) {
      if (name.equals("bowline.log.cache.bytes")) {
        kept.put(id, value);
      }
    }

    @Override
    public void set(String name, NodeId peer, long value) {}

    @Override
    public void add(String name, long delta) {}

    @Override
    public void time(String name, long nanos) {}
  }

  private final class Recorder implements RaftListener {
    private final NodeId id;

    Recorder(NodeId id) {
      this.id = id;
    }

    @Override
    public void leadershipGained(long term) {
      events.add(id + " gained " + term);
    }

    @Override
    public void leadershipLost(long term) {
      events.add(id + " lost " + term);
    }

    @Override
    public void halted(String reason) {
      events.add(id + " halted " + reason);
    }
  }

  private RaftNode<String, Long> leader() {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> nodes.values().stream().filter(RaftNode::isLeader).count() == 1);
    return nodes.values().stream().filter(RaftNode::isLeader).findFirst().orElseThrow();
  }

  private static <R> R committed(CompletableFuture<Outcome<R>> call) {
    Outcome<R> outcome = call.orTimeout(20, SECONDS).join();
    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    return ((Outcome.Committed<R>) outcome).reply();
  }

  @Test
  void commandsAreAppliedInOrderAndReadLinearizably() {
    RaftNode<String, Long> leader = leader();
    List<CompletableFuture<Outcome<Long>>> calls = new ArrayList<>();

    for (int i = 1; i <= 1000; i++) {
      calls.add(leader.propose(String.valueOf(i)));
    }

    assertThat(committed(calls.get(999))).isEqualTo(500_500);
    assertThat(committed(leader.read("sum"))).isEqualTo(500_500);
  }

  @Test
  void memoryKeepsNoMoreOfTheLogThanConfigured() {
    RaftNode<String, Long> leader = leader();

    for (int i = 0; i < 300; i++) {
      assertThat(committed(leader.propose("1"))).isPositive();
    }

    await().untilAsserted(() -> assertThat(kept).hasSize(3));
    assertThat(kept.values()).allMatch(bytes -> bytes > 0 && bytes < TAIL_BYTES + 1_000);
  }

  @Test
  void followerSaysWhoLeads() {
    RaftNode<String, Long> leader = leader();
    NodeId leaderId = idOf(leader);
    RaftNode<String, Long> follower =
        nodes.values().stream().filter(n -> n != leader).findFirst().orElseThrow();

    await()
        .untilAsserted(
            () -> {
              Outcome<Long> outcome = follower.propose("1").join();
              assertThat(outcome)
                  .isEqualTo(new Outcome.NotCommitted<>(new Refusal.NotLeader(), leaderId));
            });
  }

  private NodeId idOf(RaftNode<String, Long> node) {
    return nodes.entrySet().stream()
        .filter(e -> e.getValue() == node)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anotherLeaderTakesOverAndNothingIsLost() {
    RaftNode<String, Long> first = leader();
    committed(first.propose("7"));

    network.isolate(idOf(first));
    Outcome<Long> cutOff = first.read("sum").join();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> nodes.values().stream().anyMatch(n -> n != first && n.isLeader()));
    network.heal();

    assertThat(cutOff).isInstanceOf(Outcome.NotCommitted.class);
    assertThat(committed(leader().propose("5"))).isEqualTo(12);
    String id = idOf(first).value();
    await().until(() -> events.stream().anyMatch(e -> e.startsWith(id + " lost")));
  }

  @Test
  void whoIsRefusedLearnsWhoLeadsWithinTheCallback() {
    NodeId leading = idOf(leader());
    RaftNode<String, Long> follower =
        nodes.values().stream().filter(node -> !node.isLeader()).findFirst().orElseThrow();

    await().untilAsserted(() -> assertThat(follower.leader()).isEqualTo(leading));
    NodeId hint =
        follower.read("sum").thenApply(refused -> follower.leader()).orTimeout(10, SECONDS).join();

    assertThat(hint).isEqualTo(leading);
  }

  @Test
  void everythingIsThereAgainAfterARestart() throws Exception {
    committed(leader().propose("41"));
    hosts.values().forEach(RaftHost::close);

    openAll();

    assertThat(committed(leader().propose("1"))).isEqualTo(42);
  }

  @Test
  void sessionAppliesARetryOnce() {
    RaftNode<String, Long> leader = leader();
    RaftSession<String, Long> session = committed(leader.openSession());
    long sequence = session.nextSequence();

    long first = committed(session.propose(sequence, "5"));
    long again = committed(session.propose(sequence, "5"));

    assertThat(first).isEqualTo(5);
    assertThat(again).isEqualTo(5);
    assertThat(committed(leader.read("sum"))).isEqualTo(5);
  }

  @Test
  void stateMachineThatThrowsHaltsEveryReplicaAtTheSameIndex() {
    RaftNode<String, Long> leader = leader();
    committed(leader.propose("1"));

    Outcome<Long> outcome = leader.propose("boom").join();

    assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> events.stream().filter(e -> e.contains("halted")).count() >= 2);
    List<String> halted = events.stream().filter(e -> e.contains("halted")).toList();
    assertThat(halted.stream().map(e -> e.substring(3)).distinct()).hasSize(1);
    assertThat(halted.get(0)).contains("the machine refuses boom").contains("index");
  }

  @Test
  void aCommandWithoutReplyHaltsTheNode() {
    Outcome<Long> outcome = leader().propose("silent").join();

    assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
    await().until(() -> events.stream().anyMatch(e -> e.contains("got no reply")));
  }

  @Test
  void aQueryThatThrowsEndsTheReadOnly() {
    RaftNode<String, Long> leader = leader();

    Outcome<Long> outcome = leader.read("boom").join();

    assertThat(outcome).isInstanceOf(Outcome.NotCommitted.class);
    assertThat(committed(leader.propose("3"))).isEqualTo(3);
  }

  @Test
  void proposeAfterCloseIsRefused() {
    RaftNode<String, Long> leader = leader();
    leader.close();

    Outcome<Long> outcome = leader.propose("1").join();

    assertThat(outcome).isInstanceOf(Outcome.NotCommitted.class);
    assertThat(((Outcome.NotCommitted<Long>) outcome).refusal()).isInstanceOf(Refusal.Closed.class);
  }
}
