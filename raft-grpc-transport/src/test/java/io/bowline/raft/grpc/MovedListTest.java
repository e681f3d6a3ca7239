package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.GroupBuilder;
import io.bowline.raft.RaftHost;
import io.bowline.raft.RaftNode;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Codec;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member is opened with a list in which its own address is another one than the stored one. */
class MovedListTest {
  private static final NodeId ID = NodeId.of("n1");

  @Test
  void aNodeThatIsNotWhereItsGroupLooksForItSaysSo(@TempDir Path directory) throws Exception {
    String stored = open(directory);
    try (Warnings warnings = new Warnings(GroupBuilder.class)) {
      String now = open(directory);

      assertThat(now).isNotEqualTo(stored);
      assertThat(warnings.of("n1", now, stored)).hasSize(1);
    }
  }

  /** Opens it on any free port, and closes it; where it was. */
  private static String open(Path directory) throws Exception {
    try (RaftHost host =
        RaftHost.builder()
            .cluster(ClusterId.of("test"))
            .node(ID)
            .transport(GrpcTransport.builder().listen("127.0.0.1:0").build())
            .open()) {
      GroupBuilder<String, Long> group =
          host.group(GroupId.of("moved"), new WordCount())
              .commands(Codec.utf8())
              .replies(Codec.int64())
              .directory(directory);
      RaftNode<String, Long> node =
          group.bootstrapOrResume(Membership.of(Member.voter(ID, host.address())));
      await().until(node::isLeader);
      return host.address();
    }
  }
}
