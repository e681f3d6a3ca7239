package io.bowline.raft.examples.counter;

import io.bowline.raft.GroupBuilder;
import io.bowline.raft.NodeStatus;
import io.bowline.raft.RaftConfig;
import io.bowline.raft.RaftHost;
import io.bowline.raft.RaftListener;
import io.bowline.raft.RaftNode;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.examples.lab.ParentLink;
import io.bowline.raft.examples.lab.Report;
import io.bowline.raft.grpc.GrpcTransport;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.storage.StorageOptions;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A node in a process of its own that does what its parent asks in a line of {@code name=value}:
 * how its state machine behaves, what load it makes, when it collects garbage. It answers each with
 * how it is. Its arguments: node, data, nodes, and where a test differs from the defaults apply,
 * segment, timeout (ms) and resume.
 */
final class TrialNode implements RaftListener {
  private final TrialMachine machine = new TrialMachine();
  private final long started = System.nanoTime();
  private volatile boolean serves;
  private volatile long appliedWhenServing = -1;
  private volatile long servingMillis = -1;
  private volatile String halted = "";

  public static void main(String[] args) throws Exception {
    new TrialNode().run(Report.of(List.of(args)));
  }

  private void run(Report options) throws Exception {
    Report nodes = Report.of(List.of(options.text("nodes").split(",", -1)));
    String self = options.text("node");
    List<Member> members = new ArrayList<>();
    nodes.values().forEach((id, at) -> members.add(Member.voter(NodeId.of(id), at)));
    RaftConfig.Builder config = RaftConfig.builder();
    Duration timeout = Duration.ofMillis(Math.max(options.number("timeout"), 0));
    timeout = timeout.isZero() ? RaftConfig.defaults().proposalTimeout() : timeout;
    machine.behave(options.values().getOrDefault("apply", "go"));
    try (RaftHost host =
        RaftHost.builder()
            .cluster(ClusterId.of("counter"))
            .node(NodeId.of(self))
            .transport(GrpcTransport.builder().listen(nodes.text(self)).build())
            .open()) {
      GroupBuilder<Command, List<Count>> group =
          host.group(CounterMain.GROUP, machine)
              .commands(Counters.COMMANDS)
              .replies(Counters.COUNTS)
              .directory(Path.of(options.text("data")))
              .config(config.proposalTimeout(timeout).build())
              .storageOptions(storage(options))
              .listener(this);
      RaftNode<Command, List<Count>> node =
          options.text("resume").equals("true")
              ? group.resume()
              : group.bootstrapOrResume(Membership.of(members.toArray(new Member[0])));
      try (TrialLoad load = new TrialLoad(node, timeout.toNanos())) {
        ParentLink.serve(question -> answer(Report.parse(question), node, load));
      }
    }
  }

  private static StorageOptions storage(Report options) {
    long segment = options.number("segment");
    return segment == 0
        ? StorageOptions.defaults()
        : StorageOptions.defaults().withSegmentBytes(segment);
  }

  @Override
  public void healthChanged(boolean serving) {
    if (serving && appliedWhenServing < 0) {
      appliedWhenServing = machine.applied();
      servingMillis = millis(started);
    }
    serves = serving;
  }

  @Override
  public void halted(String reason) {
    halted = reason.replace(' ', '_');
  }

  private static long millis(long since) {
    return (System.nanoTime() - since) / 1_000_000;
  }

  private String answer(Report question, RaftNode<Command, List<Count>> node, TrialLoad load) {
    if (!question.text("apply").isEmpty()) {
      machine.behave(question.text("apply"));
    }
    if (question.number("callers") > 0) {
      load.callers((int) question.number("callers"), (int) question.number("bytes"));
    }
    if (question.number("rate") > 0) {
      load.rate((int) question.number("rate"), (int) question.number("bytes"));
    }
    if (question.number("rest") > 0) {
      load.rest();
    }
    if (question.number("gc") > 0) {
      System.gc(); // what is left is what somebody holds
    }
    String call = "";
    if (question.number("propose") > 0) {
      call = timed(node.propose(new Command("probe", 1)));
    }
    if (question.number("read") > 0) {
      call = timed(node.read(new Command("load", 0)));
    }
    return report(node) + load.report() + call;
  }

  private static String timed(CompletableFuture<Outcome<List<Count>>> call) {
    long asked = System.nanoTime();
    Outcome<List<Count>> outcome = call.orTimeout(30, TimeUnit.SECONDS).join();
    long value =
        outcome instanceof Outcome.Committed<List<Count>> done ? done.reply().get(0).value() : -1;
    return " took="
        + millis(asked)
        + " value="
        + value
        + " outcome="
        + outcome.toString().replace(' ', '_');
  }

  private String report(RaftNode<Command, List<Count>> node) {
    NodeStatus status = node.status().orTimeout(20, TimeUnit.SECONDS).join();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    return "node="
        + status.self()
        + " role="
        + status.role()
        + " term="
        + status.term()
        + " leader="
        + status.leader()
        + " commit="
        + status.commitIndex()
        + " lastApplied="
        + status.lastApplied()
        + " applied="
        + machine.applied()
        + " serves="
        + serves
        + " appliedWhenServing="
        + appliedWhenServing
        + " servingMillis="
        + servingMillis
        + " heap="
        + heap
        + " halted="
        + halted;
  }
}
