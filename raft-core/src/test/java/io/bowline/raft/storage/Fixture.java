package io.bowline.raft.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One node's storage over a {@link CrashDisk}. */
final class Fixture {
  static final ClusterId CLUSTER = ClusterId.of("c1");
  static final GroupId GROUP = GroupId.of("g1");
  static final NodeId NODE = NodeId.of("n1");
  static final Membership INITIAL =
      Membership.of(
          Member.voter(NODE, "localhost:1"), Member.voter(NodeId.of("n2"), "localhost:2"));
  static final Peer SELF = new Peer(NODE, new Incarnation(5, 6));
  static final Peer OTHER = new Peer(NodeId.of("n2"), new Incarnation(7, 8));
  static final Path DIRECTORY = Path.of("/data/n1");
  static final Path LOG = DIRECTORY.resolve("log");
  static final StorageOptions SMALL = StorageOptions.defaults().withSegmentBytes(64 << 10);

  private Fixture() {}

  static Path segment(long number) {
    return LOG.resolve(NextSegment.name(number, NextSegment.LOG));
  }

  static SegmentedStorage on(Disk disk) {
    return on(disk, StorageOptions.defaults());
  }

  static SegmentedStorage on(Disk disk, StorageOptions options) {
    return new SegmentedStorage(disk, DIRECTORY, options, Runnable::run);
  }

  static RaftStorage bootstrap(Disk disk) throws StorageException {
    return bootstrap(disk, StorageOptions.defaults());
  }

  static RaftStorage bootstrap(Disk disk, StorageOptions options) throws StorageException {
    return founded(
        on(disk, options).bootstrap(CLUSTER, GROUP, NODE, INITIAL, new SplittableRandom(1)));
  }

  /** All of the founding done at once, if it is not done. */
  static RaftStorage founded(RaftStorage storage) throws StorageException {
    if (!storage.identity().founding().isComplete()) {
      storage.saveFounding(Founding.complete(record(storage)));
    }
    return storage;
  }

  /** A founding record that names it and another one. */
  static Membership record(RaftStorage storage) {
    return INITIAL
        .naming(NODE, storage.identity().incarnation())
        .naming(OTHER.id(), OTHER.incarnation());
  }

  static RaftStorage resume(CrashDisk disk) throws StorageException {
    return resume(disk, StorageOptions.defaults());
  }

  static RaftStorage resume(CrashDisk disk, StorageOptions options) throws StorageException {
    SplittableRandom random = new SplittableRandom(disk.files().hashCode());
    return on(disk, options).resume(CLUSTER, GROUP, NODE, random);
  }

  /** Appends; what the completion said. */
  static @Nullable IOException tryAppend(RaftStorage storage, EntryBatch... batches) {
    List<@Nullable IOException> results = new ArrayList<>();
    storage.append(List.of(batches), 0, results::add);
    assertThat(results).hasSize(1);
    return results.get(0);
  }

  static void append(RaftStorage storage, EntryBatch... batches) {
    assertThat(tryAppend(storage, batches)).isNull();
  }

  static void append(RaftStorage storage, long commit, EntryBatch batch) {
    List<@Nullable IOException> results = new ArrayList<>();
    storage.append(List.of(batch), commit, results::add);
    assertThat(results).containsExactly((IOException) null);
  }

  static @Nullable IOException trySaveBallot(RaftStorage storage, Ballot ballot) {
    List<@Nullable IOException> results = new ArrayList<>();
    storage.saveBallot(ballot, results::add);
    assertThat(results).hasSize(1);
    return results.get(0);
  }

  static void saveBallot(RaftStorage storage, long term) {
    assertThat(trySaveBallot(storage, new Ballot(term, SELF))).isNull();
  }

  static void idle(RaftStorage storage) {
    List<@Nullable IOException> results = new ArrayList<>();
    storage.idle(results::add);
    assertThat(results).containsExactly((IOException) null);
  }

  /** The whole log, each entry as {@code index@term:length}, read in pieces; checks its shape. */
  static List<String> contents(RaftStorage storage) throws StorageException {
    List<String> all = new ArrayList<>();
    EntryId last = EntryId.ZERO;
    while (true) {
      EntryBatch batch = storage.read(all.size() + 1L, 10_000);
      if (batch.isEmpty()) {
        return all;
      }
      all.addAll(Entries.texts(batch));
      last = batch.last();
      assertThat(last.index()).isEqualTo(all.size());
    }
  }

  /** The same of a storage that was just opened: its shape agrees with its entries. */
  static List<String> recovered(RaftStorage storage) throws StorageException {
    List<String> all = contents(storage);
    List<String> ids = new ArrayList<>();
    storage
        .log()
        .runs()
        .forEach(
            run -> {
              for (long index = run.first(); index <= run.last(); index++) {
                ids.add(new EntryId(index, run.term()).toString());
              }
            });
    assertThat(ids).isEqualTo(all.stream().map(text -> text.replaceAll(":.*", "")).toList());
    return all;
  }
}
