package io.bowline.raft.testkit.junit.conformance;

import static org.junit.jupiter.api.Assertions.assertNull;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.storage.StorageProvider;
import io.bowline.raft.testkit.Prng;
import io.bowline.raft.testkit.junit.conformance.Entries.Framed;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** One group's storage through its starts and deaths, and the model of what it must hold. */
final class Place {
  static final ClusterId CLUSTER = ClusterId.of("conformance");
  static final GroupId GROUP = GroupId.of("kit");
  static final NodeId NODE = NodeId.of("n1");
  static final NodeId OTHER = NodeId.of("n2");
  static final Peer SELF = new Peer(NODE, new Incarnation(11, 12));
  static final Peer STRANGER = new Peer(OTHER, new Incarnation(21, 22));
  static final Membership INITIAL =
      Membership.of(Member.voter(NODE, "n1:1"), Member.voter(OTHER, "n2:1"));

  private final StorageMedium medium;
  private final StorageModel model = new StorageModel();
  private final Duration patience;
  private final Prng random = new Prng(1);

  Place(StorageMedium medium, Duration patience) {
    this.medium = medium;
    this.patience = patience;
  }

  StorageMedium medium() {
    return medium;
  }

  StorageModel model() {
    return model;
  }

  Prng random() {
    return random;
  }

  OpenedStorage bootstrap() throws StorageException {
    return bootstrap(medium.process());
  }

  /** Made, and founded at once. */
  OpenedStorage bootstrap(StorageProvider process) throws StorageException {
    OpenedStorage storage = fresh(process);
    found(storage.storage());
    return storage;
  }

  /** Made, and nothing else. */
  OpenedStorage fresh(StorageProvider process) throws StorageException {
    return opened(process.bootstrap(CLUSTER, GROUP, NODE, INITIAL, random));
  }

  /** Makes the founding complete, if it is not. */
  static void found(RaftStorage storage) throws StorageException {
    if (!storage.identity().founding().isComplete()) {
      storage.saveFounding(Founding.complete(record(storage)));
    }
  }

  /** A founding record that names this storage's directory and a stranger's. */
  static Membership record(RaftStorage storage) {
    return INITIAL
        .naming(NODE, storage.identity().incarnation())
        .naming(OTHER, STRANGER.incarnation());
  }

  OpenedStorage resume() throws StorageException {
    return resume(medium.process());
  }

  OpenedStorage resume(StorageProvider process) throws StorageException {
    return opened(process.resume(CLUSTER, GROUP, NODE, random));
  }

  private OpenedStorage opened(RaftStorage storage) {
    BooleanSupplier dead = () -> false;
    if (medium instanceof DiskMedium disk) {
      dead = disk.current()::isDead;
    }
    return new OpenedStorage(storage, model, dead, patience);
  }

  /** What it has found may be there by the model, and is believed from now on. */
  void requireLegal(OpenedStorage storage, String story) throws StorageException {
    List<Framed> found = storage.readAll();
    assertNull(model.whyNot(found, storage.storage().ballot()), story);
    model.believe(found, storage.storage().ballot());
  }

  /** Opens what is there, which must be legal. */
  OpenedStorage recover(String story) throws StorageException {
    OpenedStorage storage = resume();
    requireLegal(storage, story);
    return storage;
  }
}
