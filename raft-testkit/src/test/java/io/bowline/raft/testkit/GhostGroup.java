package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.Peer;
import io.bowline.raft.storage.Identity;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.SegmentedStorage;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.storage.StorageOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/**
 * The storages of a group and the checks that look on, without any node: what nodes would do is
 * done by hand, rightly or wrongly, so that each check is seen to pass and to fail.
 */
final class GhostGroup {
  private static final Path DIRECTORY = Path.of("/data/group");
  private static final StorageOptions OPTIONS = new StorageOptions(64 << 10, 512);

  final Simulation simulation;
  final WireChecks wire;
  final ProtocolChecks protocol;
  private final List<Machine> machines = new ArrayList<>();

  GhostGroup(int nodes) {
    this(nodes, 1);
  }

  GhostGroup(int nodes, long seed) {
    this(nodes, seed, true);
  }

  private GhostGroup(int nodes, long seed, boolean founds) {
    simulation = new Simulation(seed);
    wire = new WireChecks(simulation, nodes);
    NodeSettings[] settings = new NodeSettings[nodes];
    Arrays.fill(settings, NodeSettings.calm());
    protocol = new ProtocolChecks(simulation, wire, settings);
    for (int slot = 0; slot < nodes; slot++) {
      machines.add(new Machine(slot, nodes));
    }
    machines.forEach(Machine::open);
    if (founds) {
      Membership record = record();
      allWrite(record);
      machines.forEach(machine -> machine.founded(Founding.complete(record)));
    }
  }

  /** All that may still take that record write it, which is the barrier before it is complete. */
  void allWrite(Membership record) {
    for (Machine machine : machines) {
      if (!protocol.foundings().isComplete(machine.slot)) {
        machine.founded(Founding.written(record));
      }
    }
  }

  /** Each has opened its directory, and nobody has written a record. */
  static GhostGroup beforeItsFounding(int nodes) {
    return new GhostGroup(nodes, 1, false);
  }

  /** The initial membership with the directories of now. */
  Membership record() {
    Membership named = membership(machines.size());
    for (Machine machine : machines) {
      Identity identity = machine.storage().identity();
      named = named.naming(identity.node(), identity.incarnation());
    }
    return named;
  }

  /** The storage of the node in that slot. */
  Machine on(int slot) {
    return machines.get(slot);
  }

  /** What runs must end with that check. */
  static void assertSeen(String check, ThrowingCallable wrong) {
    assertThat(catchThrowable(wrong))
        .isInstanceOfSatisfying(
            SimulationFailure.class, failure -> assertThat(failure.check()).isEqualTo(check));
  }

  /** Commands of one term whose content is that number. */
  static EntryBatch commands(long first, long term, int count, int content) {
    EntryBatch.Builder builder =
        EntryBatch.builder(new EntryId(first, term), count, count, 1_000 + term);
    for (int i = 0; i < count; i++) {
      builder.add(EntryType.COMMAND, new byte[] {(byte) content});
    }
    return builder.build();
  }

  /** Some directory of that node. */
  static Peer peer(int slot) {
    return new Peer(ProtocolChecks.id(slot), new Incarnation(0, slot));
  }

  static Membership membership(int nodes) {
    List<Member> members = new ArrayList<>();
    for (int slot = 0; slot < nodes; slot++) {
      members.add(Member.voter(ProtocolChecks.id(slot), Cluster.address(slot)));
    }
    return Membership.of(members.toArray(new Member[0]));
  }

  static EntryBatch membershipEntry(long index, long term, Membership membership) {
    byte[] payload = membership.encode();
    return EntryBatch.builder(new EntryId(index, term), 1, payload.length, 1_000 + term)
        .add(EntryType.MEMBERSHIP, payload)
        .build();
  }

  /** That node says so on the wire; the promises are checked, and who leads is known. */
  void says(int slot, Message message) {
    protocol.sent(slot, (slot + 1) % machines.size(), message);
  }

  /** It asks for votes, and all others' reach it. */
  void elects(int slot, long term) {
    CountedVotes votes = protocol.elections().votes();
    votes.asks(slot, term);
    for (int voter = 0; voter < machines.size(); voter++) {
      if (voter != slot) {
        votes.granted(voter, slot, term);
        votes.heard(voter, slot, term);
      }
    }
  }

  /** Its ballot is its own vote, it was elected and has sent the first heartbeat of its term. */
  void leads(int slot, long term) {
    elects(slot, term);
    on(slot).votes(term, slot);
    says(slot, beat(slot, term));
  }

  static Message beat(int slot, long term) {
    return new Message.Heartbeat(ProtocolChecks.id(slot), term, 1, 1, 0, 0);
  }

  /** One machine's disk and the storage on it. */
  final class Machine {
    private final int slot;
    private final int nodes;
    private final List<Runnable> forces = new ArrayList<>();
    private final SimulatedDisk disk;
    private final StorageChecks checks;
    private @Nullable RaftStorage storage;
    private int directories;
    private int starts;
    private boolean holds;
    private @Nullable IOException lastFailure;

    Machine(int slot, int nodes) {
      this.slot = slot;
      this.nodes = nodes;
      disk = new SimulatedDisk(simulation.random("disk " + slot), this::force);
      checks = new StorageChecks(simulation, protocol, disk, slot);
      protocol.add(slot, checks);
      protocol.promises().electionTimeout(slot, 1_000_000_000L);
    }

    private void force(Runnable onDisk, Runnable onCaller) {
      forces.add(onDisk);
      forces.add(onCaller);
      if (!holds) {
        release();
      }
    }

    SimulatedDisk disk() {
      return disk;
    }

    StorageChecks checks() {
      return checks;
    }

    RaftStorage storage() {
      if (storage == null) {
        throw new IllegalStateException("open comes first");
      }
      return storage;
    }

    /** As a start of the node does. */
    void open() {
      try {
        var place =
            WatchedStorage.provider(
                new SegmentedStorage(disk.mount(), DIRECTORY, OPTIONS, Runnable::run), checks);
        Prng random = simulation.random("storage " + slot + " " + directories + " " + ++starts);
        storage =
            place.exists()
                ? place.resume(Cluster.CLUSTER, Cluster.GROUP, ProtocolChecks.id(slot), random)
                : place.bootstrap(
                    Cluster.CLUSTER,
                    Cluster.GROUP,
                    ProtocolChecks.id(slot),
                    membership(nodes),
                    random);
      } catch (StorageException e) {
        throw new AssertionError(e);
      }
    }

    /** Its founding is that from now on. */
    void founded(Founding founding) {
      try {
        storage().saveFounding(founding);
      } catch (StorageException e) {
        throw new AssertionError(e);
      }
    }

    /** It remembers the start of the node in that slot, then hears a message of it. */
    void hears(int from, Message message) {
      Identity theirs = on(from).storage().identity();
      try {
        storage().remember(theirs.incarnation(), theirs.current());
      } catch (StorageException e) {
        throw new AssertionError(e);
      }
      protocol.received(from, slot, false, message);
    }

    /** A counted peer has told it that it is a copy. */
    void fenced() {
      try {
        storage().fence("a later start of it was heard");
      } catch (StorageException e) {
        throw new AssertionError(e);
      }
    }

    void crash() {
      checks.crashed(false);
      disk.processCrash();
    }

    void powerCut() {
      checks.crashed(true);
      disk.powerCut(0);
    }

    /** Another directory in its place, which has forgotten all and is not founded. */
    void replaceByAnEmptyDisk() {
      powerCut();
      disk.replaceWith(new SimulatedDisk(new Prng(0), SimulatedDisk.FORCE_AT_ONCE));
      checks.durable().replaced(new TermRuns(), Ballot.NONE);
      protocol.replaced(slot);
      directories++;
      open();
    }

    /** From now on no force completes. */
    void hold() {
      holds = true;
    }

    /** The oldest that is held completes, no other. */
    void releaseOne() {
      forces.remove(0).run();
      forces.remove(0).run();
    }

    /** All that are held complete, and those that follow. */
    void release() {
      holds = false;
      while (!forces.isEmpty()) {
        forces.remove(0).run();
      }
    }

    void votes(long term, int candidate) {
      saves(new Ballot(term, peer(candidate)));
    }

    void saves(Ballot ballot) {
      storage().saveBallot(ballot, failure -> lastFailure = failure);
    }

    void appends(long first, long term, int count) {
      appends(commands(first, term, count, 1));
    }

    void appends(EntryBatch batch) {
      appends(batch, 0);
    }

    void appends(EntryBatch batch, long commit) {
      storage().append(List.of(batch), commit, failure -> lastFailure = failure);
    }

    boolean hasFailed() {
      return lastFailure != null;
    }

    /** What another start would read from the disk alone. */
    void requireDurableRecovery() {
      checks.requireDurableRecovery(DIRECTORY, OPTIONS);
    }
  }
}
