package io.bowline.raft.examples.counter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.GroupBuilder;
import io.bowline.raft.RaftHost;
import io.bowline.raft.RaftNode;
import io.bowline.raft.StateMachine;
import io.bowline.raft.grpc.GrpcTransport;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Codec;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Scanner;

/** How often each guest came, on three nodes: start "0 first", "1 first", "2 first"; type names. */
final class GuestBook implements StateMachine<String, Long> {
  private final Map<String, Long> visits = new HashMap<>();

  @Override
  public void apply(CommittedBatch<String, Long> batch) { // on all nodes, in the same order
    while (batch.next()) {
      batch.reply(visits.merge(batch.command(), 1L, Long::sum));
    }
  }

  @Override
  public Long query(String guest) {
    return visits.getOrDefault(guest, 0L);
  }

  public static void main(String[] args) throws Exception {
    Member[] members = new Member[3];
    for (int i = 0; i < 3; i++) {
      members[i] = Member.voter(NodeId.of("n" + i), "127.0.0.1:720" + i);
    }
    Member self = members[Integer.parseInt(args[0])];
    GrpcTransport transport = GrpcTransport.builder().listen(self.address()).build();
    RaftHost.Builder builder = RaftHost.builder().cluster(ClusterId.of("guests"));
    try (RaftHost host = builder.node(self.id()).transport(transport).open()) {
      GroupBuilder<String, Long> group = host.group(GroupId.of("book"), new GuestBook());
      group.commands(Codec.utf8()).replies(Codec.int64());
      group.directory(Path.of("target", "guests", self.id().value()));
      boolean first = args.length > 1; // left out later: a lost directory must not begin anew
      RaftNode<String, Long> node =
          first ? group.bootstrap(Membership.of(members)) : group.resume();
      Scanner guests = new Scanner(System.in, UTF_8);
      while (guests.hasNextLine()) { // Committed by the leader, NotCommitted(NotLeader) elsewhere
        System.out.println(node.propose(guests.nextLine()).join());
      }
    }
  }
}
