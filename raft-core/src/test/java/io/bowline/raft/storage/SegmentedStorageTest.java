package io.bowline.raft.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.TermRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The storage on real files: what a node does with it from one start to the next. */
class SegmentedStorageTest {
  private static final ClusterId CLUSTER = ClusterId.of("c1");
  private static final GroupId GROUP = GroupId.of("g1");
  private static final NodeId NODE = NodeId.of("n1");
  private static final Membership INITIAL =
      Membership.of(
          Member.voter(NODE, "localhost:1"), Member.voter(NodeId.of("n2"), "localhost:2"));

  @TempDir Path directory;

  private SegmentedStorage provider(StorageOptions options) {
    return new SegmentedStorage(new FileDisk(), directory.resolve("n1"), options, Runnable::run);
  }

  private SegmentedStorage provider() {
    return provider(StorageOptions.defaults());
  }

  private RaftStorage bootstrap() throws StorageException {
    return Fixture.founded(
        provider().bootstrap(CLUSTER, GROUP, NODE, INITIAL, new SplittableRandom(1)));
  }

  private RaftStorage resume() throws StorageException {
    return provider().resume(CLUSTER, GROUP, NODE, new SplittableRandom(2));
  }

  private static void append(RaftStorage storage, EntryBatch... batches) {
    List<@Nullable IOException> results = new ArrayList<>();
    storage.append(List.of(batches), 0, results::add);
    assertThat(results).containsExactly((IOException) null);
  }

  private static void ballot(RaftStorage storage, long term) {
    List<@Nullable IOException> results = new ArrayList<>();
    storage.saveBallot(new Ballot(term, Fixture.SELF), results::add);
    assertThat(results).containsExactly((IOException) null);
  }

  @Test
  void aBootstrappedStorageIsEmptyAndNamesItsOwner() throws Exception {
    try (RaftStorage storage = bootstrap()) {
      assertThat(storage.identity().node()).isEqualTo(NODE);
      assertThat(storage.identity().list()).isEqualTo(INITIAL);
      assertThat(storage.identity().startCounter()).isEqualTo(1);
      assertThat(storage.ballot()).isEqualTo(Ballot.NONE);
      assertThat(storage.log().last()).isEqualTo(EntryId.ZERO);
      assertThat(storage.read(1, 1000).isEmpty()).isTrue();
    }
  }

  @Test
  void whatWasAppendedIsReadBackAfterARestart() throws Exception {
    try (RaftStorage storage = bootstrap()) {
      ballot(storage, 2);
      append(storage, Entries.batch(1, 1, 3, 10), Entries.batch(4, 2, 2, 100));
      append(storage, Entries.batch(6, 2, 1, 5000));
      assertThat(Entries.texts(storage.read(2, 1 << 20)))
          .containsExactly("2@1:10", "3@1:10", "4@2:100", "5@2:100", "6@2:5000");
    }

    try (RaftStorage storage = resume()) {
      assertThat(storage.identity().startCounter()).isEqualTo(2);
      assertThat(storage.ballot()).isEqualTo(new Ballot(2, Fixture.SELF));
      assertThat(storage.log().runs()).containsExactly(new TermRun(1, 1, 3), new TermRun(2, 4, 6));
      assertThat(Entries.texts(storage.read(1, 1 << 20))).hasSize(6).endsWith("6@2:5000");
      append(storage, Entries.batch(7, 2, 1, 1));
      assertThat(Entries.texts(storage.read(6, 1 << 20))).containsExactly("6@2:5000", "7@2:1");
    }
  }

  @Test
  void zerosLieAheadOfSmallGroupsAndNotOfLargeOnes() throws Exception {
    int small = 1000;
    int large = 200_000;
    try (RaftStorage storage = bootstrap()) {
      ballot(storage, 1);
      for (int i = 1; i <= 50; i++) {
        append(storage, Entries.batch(i, 1, 1, small));
      }
      assertThat(logBytes()).isGreaterThan(50 * small + (32 << 10));

      for (int i = 51; i <= 100; i++) {
        append(storage, Entries.batch(i, 1, 1, large));
      }
      assertThat(logBytes()).isBetween(50L * large, 50L * large + (512 << 10));
    }
  }

  /** What the log's files take, with all zeros in them. */
  private long logBytes() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("n1/log"))) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Test
  void aMembershipInTheLastBlockIsReadBackAfterEachRestart() throws Exception {
    byte[] payload = INITIAL.encode();
    try (RaftStorage storage = bootstrap()) {
      ballot(storage, 1);
      append(storage, Entries.batch(1, 1, 3, 10)); // the next block proves it
      append(
          storage,
          EntryBatch.builder(new EntryId(4, 1), 1, payload.length, 4000)
              .add(EntryType.MEMBERSHIP, payload)
              .build()); // nothing proves it: a start copies it
    }

    for (int start = 0; start < 2; start++) {
      try (RaftStorage storage = resume()) {
        assertThat(storage.log().memberships())
            .containsExactly(new EntryBatch.MembershipAt(new EntryId(4, 1), INITIAL));
      }
    }
  }

  @Test
  void anOverwrittenSuffixNeverComesBack() throws Exception {
    try (RaftStorage storage = bootstrap()) {
      ballot(storage, 3);
      append(storage, Entries.batch(1, 1, 10, 10));
      append(storage, Entries.batch(4, 3, 2, 20));
      assertThat(Entries.texts(storage.read(3, 1 << 20)))
          .containsExactly("3@1:10", "4@3:20", "5@3:20");
    }

    try (RaftStorage storage = resume()) {
      assertThat(storage.log().last()).isEqualTo(new EntryId(5, 3));
      assertThat(Entries.texts(storage.read(3, 1 << 20)))
          .containsExactly("3@1:10", "4@3:20", "5@3:20");
    }
  }

  @Test
  void segmentsFollowOneAnother() throws Exception {
    StorageOptions small = StorageOptions.defaults().withSegmentBytes(64 << 10);
    SplittableRandom random = new SplittableRandom(3);
    try (RaftStorage storage =
        Fixture.founded(provider(small).bootstrap(CLUSTER, GROUP, NODE, INITIAL, random))) {
      ballot(storage, 1);
      for (int i = 0; i < 100; i++) {
        append(storage, Entries.batch(1 + 10L * i, 1, 10, 1000));
      }
    }

    try (RaftStorage storage = provider(small).resume(CLUSTER, GROUP, NODE, random)) {
      assertThat(storage.log().last()).isEqualTo(new EntryId(1000, 1));
      assertThat(storage.report().segments()).isGreaterThan(10);
      long next = 1;
      while (next <= 1000) {
        EntryBatch batch = storage.read(next, 20_000);
        assertThat(batch.firstIndex()).isEqualTo(next);
        assertThat(batch.byteLength()).isLessThanOrEqualTo(20_000);
        next = batch.lastIndex() + 1;
      }
    }
  }

  @Test
  void anEntryLargerThanAskedForIsReadAlone() throws Exception {
    try (RaftStorage storage = bootstrap()) {
      ballot(storage, 1);
      append(storage, Entries.batch(1, 1, 3, 12 << 20));
      EntryBatch read = storage.read(2, 100);
      assertThat(Entries.texts(read)).containsExactly("2@1:" + (12 << 20));
    }
  }

  @Test
  void aSecondHolderIsRefusedByName() throws Exception {
    try (RaftStorage first = bootstrap()) {
      assertThat(first.identity().startCounter()).isEqualTo(1);
      assertThatThrownBy(this::resume)
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("node n1, group g1, pid " + ProcessHandle.current().pid());
    }
  }

  @Test
  void anotherOwnerIsRefused() throws Exception {
    bootstrap().close();
    SplittableRandom random = new SplittableRandom(1);
    assertThatThrownBy(() -> provider().resume(ClusterId.of("c2"), GROUP, NODE, random))
        .hasMessageContaining("belongs to cluster 'c1', not to 'c2'");
    assertThatThrownBy(() -> provider().resume(CLUSTER, GroupId.of("g2"), NODE, random))
        .hasMessageContaining("belongs to group 'g1', not to 'g2'");
    assertThatThrownBy(() -> provider().resume(CLUSTER, GROUP, NodeId.of("n3"), random))
        .hasMessageContaining("belongs to node 'n1', not to 'n3'");
    assertThatThrownBy(this::bootstrap).hasMessageContaining("holds node n1");
  }
}
