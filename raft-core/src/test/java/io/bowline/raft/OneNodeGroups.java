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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Hosts with groups of one node, over files: enough to meet the code of an embedder. */
final class OneNodeGroups implements AutoCloseable {
  static final Membership ALONE = Membership.of(Member.voter(NodeId.of("n1"), "local:1"));
  static final RaftConfig CONFIG =
      RaftConfig.builder()
          .heartbeatInterval(Duration.ofMillis(20))
          .electionTimeout(Duration.ofMillis(150))
          .proposalTimeout(Duration.ofSeconds(3))
          .build();

  /** For who waits for many elections and measures no time. */
  static final RaftConfig QUICK =
      RaftConfig.builder()
          .heartbeatInterval(Duration.ofMillis(10))
          .electionTimeout(Duration.ofMillis(30))
          .proposalTimeout(Duration.ofSeconds(3))
          .build();

  private final Path directory;
  private final LoopbackNetwork network = new LoopbackNetwork();
  private final List<RaftHost> hosts = new ArrayList<>();

  OneNodeGroups(Path directory) {
    this.directory = directory;
  }

  RaftHost host(Consumer<RaftHost.Builder> more) throws RaftException {
    RaftHost.Builder builder =
        RaftHost.builder()
            .cluster(ClusterId.of("c"))
            .node(NodeId.of("n1"))
            .transport(network.transport("local:1"));
    more.accept(builder);
    RaftHost host = builder.open();
    hosts.add(host);
    return host;
  }

  GroupBuilder<String, Long> group(RaftHost host, String id, CountingMachine machine) {
    return host.group(GroupId.of(id), machine)
        .commands(Codec.utf8())
        .replies(Codec.int64())
        .config(CONFIG)
        .directory(directory.resolve(id));
  }

  /** Opened, elected, and with one command applied. */
  static RaftNode<String, Long> served(RaftNode<String, Long> node) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> outcome(node.propose("first")) instanceof Outcome.Committed);
    return node;
  }

  static <R> Outcome<R> outcome(CompletableFuture<Outcome<R>> call) {
    return call.orTimeout(20, SECONDS).join();
  }

  static <R> R committed(CompletableFuture<Outcome<R>> call) {
    Outcome<R> outcome = outcome(call);
    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    return ((Outcome.Committed<R>) outcome).reply();
  }

  @Override
  public void close() {
    hosts.forEach(RaftHost::close);
    network.close();
  }
}
