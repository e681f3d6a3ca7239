package io.bowline.raft.examples.counter;

import io.bowline.raft.client.RaftClient;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.grpc.GrpcClientTransport;
import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Outcome;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a user types: each asks the cluster once and prints what it says. */
abstract class ClientCommands {
  static final GroupId GROUP = GroupId.of("counters");

  /** All clients of this process share it; it lives as long. */
  static final GrpcClientTransport TRANSPORT = GrpcClientTransport.create();

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** One question. */
  @FunctionalInterface
  private interface Question {
    Outcome<List<Count>> ask(RaftClient<Command, List<Count>> client) throws InterruptedException;
  }

  @Option(
      names = "--nodes",
      split = ",",
      scope = CommandLine.ScopeType.INHERIT,
      paramLabel = "ID=HOST:PORT",
      defaultValue = "n1=127.0.0.1:7101,n2=127.0.0.1:7102,n3=127.0.0.1:7103",
      description = "All nodes (default: ${DEFAULT-VALUE}).")
  private Map<String, String> nodes = Map.of();

  /** Where that node listens. */
  final String address(String id) {
    String address = nodes.get(id);
    if (address == null) {
      throw new IllegalArgumentException(id + " is none of --nodes " + nodes.keySet());
    }
    return address;
  }

  /** All nodes, as voters. */
  final Membership membership() {
    return Membership.of(
        nodes.entrySet().stream()
            .map(node -> Member.voter(NodeId.of(node.getKey()), node.getValue()))
            .toArray(Member[]::new));
  }

  /** A client of these nodes. */
  static RaftClient<Command, List<Count>> client(Collection<String> addresses) {
    return RaftClient.builder()
        .group(GROUP)
        .commands(Counters.COMMANDS)
        .replies(Counters.COUNTS)
        .addresses(List.copyOf(addresses))
        .transport(TRANSPORT)
        .open();
  }

  @CommandLine.Command(description = "Adds N to a counter and prints it.")
  public int add(
      @Parameters(paramLabel = "NAME") String name, @Parameters(paramLabel = "N") long number)
      throws InterruptedException {
    return ask(client -> client.submitAndWait(new Command(name, number)));
  }

  @CommandLine.Command(description = "Prints a counter.")
  public int get(@Parameters(paramLabel = "NAME") String name) throws InterruptedException {
    return ask(client -> client.queryAndWait(new Command(name, 0)));
  }

  @CommandLine.Command(description = "Prints the highest counters.")
  public int top(@Option(names = "--limit", defaultValue = "10") long limit)
      throws InterruptedException {
    return ask(client -> client.queryAndWait(new Command("", limit)));
  }

  @CommandLine.Command(description = "Prints what each node says of itself.")
  public int status() {
    boolean served = false;
    for (Map.Entry<String, String> node : nodes.entrySet()) {
      String said = said(node.getValue());
      served |= said.startsWith("leads");
      System.out.println(node.getKey() + " " + node.getValue() + " " + said);
    }
    return served ? 0 : 1;
  }

  private int ask(Question question) throws InterruptedException {
    try (RaftClient<Command, List<Count>> client = client(nodes.values())) {
      Outcome<List<Count>> outcome = question.ask(client);
      if (outcome instanceof Outcome.Committed<List<Count>> done) {
        done.reply().forEach(count -> System.out.println(count.value() + " " + count.name()));
        return 0;
      }
      System.err.println(outcome);
      return 1;
    }
  }

  /** Only a leader answers a query; another names its leader. */
  private static String said(String address) {
    try (DirectLine line = DirectLine.to(address, PATIENCE)) {
      ClientReply reply = line.query("", PATIENCE).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (reply instanceof ClientReply.Done done) {
        return "leads, applied " + done.index();
      } else if (reply instanceof ClientReply.Refused refused) {
        return refused.leader() == null ? "knows no leader" : "follows " + refused.leader();
      }
      return reply.toString();
    } catch (ExecutionException | TimeoutException e) {
      return "does not answer";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "was not asked";
    }
  }
}
