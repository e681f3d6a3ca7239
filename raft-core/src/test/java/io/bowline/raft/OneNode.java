package io.bowline.raft;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.NonDurableMemoryStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A group of one in memory, with a machine that can be bent; it leads when this is made. */
final class OneNode implements AutoCloseable {
  private final LoopbackNetwork network = new LoopbackNetwork();
  private final List<String> halted = new CopyOnWriteArrayList<>();
  private final RaftHost host;
  final BentMachine machine = new BentMachine();
  final RaftNode<String, Long> node;

  OneNode(RaftConfig config) throws Exception {
    this(config, builder -> builder.storage(new NonDurableMemoryStorage()), host -> {});
  }

  /** Over files, on that disk. */
  OneNode(RaftConfig config, Path directory, Disk disk) throws Exception {
    this(config, builder -> builder.directory(directory), host -> host.disk(disk));
  }

  private OneNode(
      RaftConfig config,
      Consumer<GroupBuilder<String, Long>> place,
      Consumer<RaftHost.Builder> more)
      throws Exception {
    NodeId self = NodeId.of("n1");
    RaftHost.Builder builder =
        RaftHost.builder()
            .cluster(ClusterId.of("test"))
            .node(self)
            .transport(network.transport("local:1"));
    more.accept(builder);
    host = builder.open();
    GroupBuilder<String, Long> group =
        host.group(GroupId.of("counts"), machine)
            .commands(machine.commands())
            .replies(machine.replies())
            .config(config)
            .listener(
                new RaftListener() {
                  @Override
                  public void halted(String reason) {
                    halted.add(reason);
                  }
                });
    place.accept(group);
    node = group.bootstrap(Membership.of(Member.voter(self, "local:1")));
    await()
        .atMost(Duration.ofSeconds(30))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> outcome(node.propose("first")) instanceof Outcome.Committed);
    node.status().orTimeout(20, SECONDS).join(); // told behind it: it counts no more
  }

  static RaftConfig.Builder config() {
    return RaftConfig.builder()
        .heartbeatInterval(Duration.ofMillis(30))
        .electionTimeout(Duration.ofMillis(300))
        .proposalTimeout(Duration.ofSeconds(1))
        .tailCacheBytes(0);
  }

  List<String> halted() {
    return halted;
  }

  static <R> Outcome<R> outcome(CompletableFuture<Outcome<R>> call) {
    return call.orTimeout(20, SECONDS).join();
  }

  static <R> R committed(CompletableFuture<Outcome<R>> call) {
    Outcome<R> outcome = outcome(call);
    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    return ((Outcome.Committed<R>) outcome).reply();
  }

  static Refusal refused(CompletableFuture<? extends Outcome<?>> call) {
    Outcome<?> outcome = call.orTimeout(20, SECONDS).join();
    assertThat(outcome).isInstanceOf(Outcome.NotCommitted.class);
    return ((Outcome.NotCommitted<?>) outcome).refusal();
  }

  @Override
  public void close() {
    host.close();
    network.close();
  }
}
