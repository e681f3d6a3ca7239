package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.GroupBuilder;
import io.bowline.raft.NodeStatus;
import io.bowline.raft.RaftException;
import io.bowline.raft.RaftHost;
import io.bowline.raft.RaftNode;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Codec;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A leader that is gone and back, in the same place, before its followers miss it: what it says
 * then is not taken for a leader's sign of life, so the next leader comes as soon as ever.
 */
@Tag("long")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class QuickRestartTest {
  private static final long[] PAUSES_MILLIS = {0, 10, 100, 500, 900, 1_100};
  private static final int ROUNDS = Integer.getInteger("bowline.restarts", 3);

  /** The default t of a configuration. */
  private static final Duration ELECTION_TIMEOUT = Duration.ofSeconds(1);

  /** One of the three, which may be gone for a moment. */
  private static final class Node {
    final NodeId id;
    private final Path directory;
    private GrpcTransport transport;
    RaftHost host;
    private @Nullable RaftNode<String, Long> node;

    Node(String id, Path directory) throws Exception {
      this.id = NodeId.of(id);
      this.directory = directory.resolve(id);
      listen("127.0.0.1:0");
    }

    private void listen(String address) throws Exception {
      transport = GrpcTransport.builder().listen(address).build();
      host = RaftHost.builder().cluster(ClusterId.of("test")).node(id).transport(transport).open();
    }

    private GroupBuilder<String, Long> group() {
      return host.group(GroupId.of("quick"), new WordCount())
          .commands(Codec.utf8())
          .replies(Codec.int64())
          .directory(directory);
    }

    void bootstrap(Membership members) throws RaftException {
      node = group().bootstrap(members);
    }

    /** Its connections are cut first, so that it says no last word. */
    void restart(long pauseMillis) throws Exception {
      String address = host.address();
      transport.close();
      host.close();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMillis));
      listen(address);
      node = group().resume();
    }

    NodeStatus status() {
      return Objects.requireNonNull(node).status().join();
    }

    boolean leadsAfter(long term) {
      return Objects.requireNonNull(node).isLeader() && status().term() > term;
    }
  }

  @TempDir Path directory;
  private final List<Node> nodes = new ArrayList<>();

  @AfterEach
  void close() {
    nodes.forEach(node -> node.host.close());
  }

  @Test
  void theNextLeaderComesAsSoonAsEverWhateverThePause() throws Exception {
    List<Member> members = new ArrayList<>();
    for (String id : List.of("n1", "n2", "n3")) {
      Node node = new Node(id, directory);
      nodes.add(node);
      members.add(Member.voter(node.id, node.host.address()));
    }
    for (Node node : nodes) {
      node.bootstrap(Membership.of(members.toArray(new Member[0])));
    }
    List<Duration> gaps = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (long pause : PAUSES_MILLIS) {
        gaps.add(restartLeader(pause));
      }
    }
    List<Duration> sorted = gaps.stream().sorted().toList();
    System.out.println("next leader after " + gaps.stream().map(Duration::toMillis).toList());
    assertThat(sorted.get(sorted.size() / 2))
        .as("median")
        .isLessThan(ELECTION_TIMEOUT.multipliedBy(2));
    assertThat(sorted.get(sorted.size() - 1))
        .as("worst")
        .isLessThan(ELECTION_TIMEOUT.multipliedBy(4));
  }

  private Duration restartLeader(long pauseMillis) throws Exception {
    await().atMost(Duration.ofSeconds(20)).until(this::isWhole);
    Node leader = nodes.stream().filter(node -> node.leadsAfter(0)).findFirst().orElseThrow();
    long term = leader.status().term();
    long begin = System.nanoTime();
    leader.restart(pauseMillis);
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> nodes.stream().anyMatch(node -> node.leadsAfter(term)));
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** All know the same leader, and have applied as much as it has. */
  private boolean isWhole() {
    List<NodeStatus> all = nodes.stream().map(Node::status).toList();
    return all.stream().allMatch(one -> one.leader() != null)
        && all.stream().map(NodeStatus::term).distinct().count() == 1
        && all.stream().map(NodeStatus::lastApplied).distinct().count() == 1
        && all.get(0).membership().members().stream().allMatch(m -> m.incarnation() != null);
  }
}
