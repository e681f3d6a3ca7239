package io.bowline.raft.examples.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.storage.FileDisk;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.SegmentedStorage;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.storage.StorageOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoundingCommandTest {
  private static final NodeId N1 = NodeId.of("n1");
  private static final NodeId N2 = NodeId.of("n2");
  private static final Membership LIST =
      Membership.of(Member.voter(N1, "host1:1"), Member.voter(N2, "host2:1"));

  @TempDir Path temp;

  private RaftStorage bootstrap() throws StorageException {
    return new SegmentedStorage(new FileDisk(), temp, StorageOptions.defaults(), Runnable::run)
        .bootstrap(ClusterId.of("shop"), GroupId.of("orders"), N1, LIST, new SplittableRandom(1));
  }

  private static Membership record(RaftStorage storage) {
    return LIST.naming(N1, storage.identity().incarnation()).naming(N2, new Incarnation(7, 8));
  }

  private Output founding() {
    return Output.of("founding", temp.toString());
  }

  @Test
  void whoHasWrittenNoRecordIsFresh() throws StorageException {
    RaftStorage storage = bootstrap();
    storage.close();

    Output output = founding();

    assertThat(output.exit()).as(output.err()).isZero();
    assertThat(output.out().lines())
        .containsExactly(
            "node         n1",
            "group        orders",
            "cluster      shop",
            "incarnation  " + storage.identity().incarnation(),
            "state        fresh",
            "founding     none",
            "starts       1",
            "fence        none");
  }

  @Test
  void whoHasWrittenARecordIsNotComplete() throws StorageException {
    RaftStorage storage = bootstrap();
    Founding written = Founding.written(record(storage));
    storage.saveFounding(written);
    storage.close();

    Output output = founding();

    assertThat(output.exit()).as(output.err()).isZero();
    assertThat(output.out().lines())
        .contains("state        written", "founding     " + written.id());
  }

  @Test
  void whoIsCompleteMayHaveAcknowledged() throws StorageException {
    RaftStorage storage = bootstrap();
    Founding complete = Founding.complete(record(storage));
    storage.saveFounding(complete);
    storage.close();

    Output output = founding();

    assertThat(output.exit()).as(output.err()).isEqualTo(3);
    assertThat(output.out().lines())
        .contains("state        complete", "founding     " + complete.id());
  }

  @Test
  void whoIsFencedMayHaveAcknowledged() throws StorageException {
    RaftStorage storage = bootstrap();
    storage.fence("a restored copy");
    storage.close();

    Output output = founding();

    assertThat(output.exit()).as(output.err()).isEqualTo(3);
    assertThat(output.out().lines()).contains("state        fresh", "fence        a restored copy");
  }

  @Test
  void whatCannotBeReadSaysWhyAndIsNeverTakenForNotComplete() throws IOException {
    assertThat(founding().exit()).isEqualTo(2);
    assertThat(founding().err()).contains("holds no storage");

    try (RaftStorage held = bootstrap()) {
      assertThat(founding().exit()).isEqualTo(2);
      assertThat(founding().err()).contains("is held: stop the node first");
      assertThat(held.identity().founding()).isEqualTo(Founding.FRESH);
    }

    Files.write(temp.resolve("identity"), new byte[10]);
    assertThat(founding().exit()).isEqualTo(2);
    assertThat(founding().err()).contains("does not begin with the magic number");
    assertThat(founding().out()).isEmpty();

    assertThat(Output.of("founding").exit()).isEqualTo(2);
  }
}
