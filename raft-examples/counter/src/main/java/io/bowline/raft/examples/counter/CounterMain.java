package io.bowline.raft.examples.counter;

import io.bowline.raft.GroupBuilder;
import io.bowline.raft.RaftHost;
import io.bowline.raft.RaftNode;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.grpc.GrpcTransport;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.NodeId;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The program: this class serves, {@link ClientCommands} ask, {@link Demo} shows it all. */
@CommandLine.Command(
    name = "counter",
    mixinStandardHelpOptions = true,
    description = "Counters by name, replicated.",
    subcommands = Demo.class)
final class CounterMain extends ClientCommands {
  public static void main(String[] args) {
    System.exit(new CommandLine(new CounterMain()).execute(args));
  }

  @CommandLine.Command(description = "Serves one node until it is stopped.")
  int serve(
      @Parameters(paramLabel = "ID", description = "Which of the nodes.") String id,
      @Option(names = "--data", required = true, description = "Its directory.") Path data,
      @Option(names = "--first", description = "Its first start: all found the group together.")
          boolean first,
      @Option(names = "--child", hidden = true) boolean child)
      throws Exception {
    Counters counters = new Counters();
    GrpcTransport transport = GrpcTransport.builder().listen(address(id)).build();
    RaftHost.Builder builder = RaftHost.builder().cluster(ClusterId.of("counter"));
    try (RaftHost host = builder.node(NodeId.of(id)).transport(transport).open()) {
      GroupBuilder<Command, List<Count>> group = host.group(GROUP, counters).directory(data);
      group.commands(Counters.COMMANDS).replies(Counters.COUNTS);
      RaftNode<Command, List<Count>> node =
          first ? group.bootstrapOrResume(membership()) : group.resume();
      NodeReports.serve(node, counters, child);
    }
    return 0;
  }
}
