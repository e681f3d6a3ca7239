package io.bowline.raft.examples.bench;

import io.bowline.raft.NodeStatus;
import io.bowline.raft.RaftHost;
import io.bowline.raft.RaftNode;
import io.bowline.raft.examples.lab.ParentLink;
import io.bowline.raft.grpc.GrpcTransport;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Codec;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.storage.FileDisk;
import java.nio.file.Path;
import java.util.List;

/** A server process: {@code NUMBER DIRECTORY ADDRESS...}; says what its disk was asked for. */
final class BenchNode {
  static final GroupId GROUP = GroupId.of("bench");

  private BenchNode() {}

  public static void main(String[] args) throws Exception {
    int number = Integer.parseInt(args[0]);
    Path directory = Path.of(args[1]);
    List<String> addresses = List.of(args).subList(2, args.length);
    CountingDisk disk = new CountingDisk(new FileDisk());
    GrpcTransport transport = GrpcTransport.builder().listen(addresses.get(number)).build();
    try (RaftHost host =
        RaftHost.builder()
            .cluster(ClusterId.of("bench"))
            .node(member(number, addresses).id())
            .transport(transport)
            .disk(disk)
            .open()) {
      RaftNode<byte[], Long> node =
          host.group(GROUP, new Tally())
              .commands(Tally.OPAQUE)
              .replies(Codec.int64())
              .directory(directory)
              .bootstrapOrResume(membership(addresses));
      ParentLink.serve(question -> report(node.status().join(), disk));
    }
  }

  private static Membership membership(List<String> addresses) {
    Member[] members = new Member[addresses.size()];
    for (int i = 0; i < members.length; i++) {
      members[i] = member(i, addresses);
    }
    return Membership.of(members);
  }

  private static Member member(int number, List<String> addresses) {
    return Member.voter(NodeId.of("n" + (number + 1)), addresses.get(number));
  }

  private static String report(NodeStatus status, CountingDisk disk) {
    return "role="
        + status.role()
        + " term="
        + status.term()
        + " applied="
        + status.lastApplied()
        + " forces="
        + disk.forces()
        + " bytes="
        + disk.bytesWritten()
        + " zeros="
        + disk.zerosWritten()
        + " allocated="
        + Garbage.allocatedBytes();
  }
}
