package io.bowline.raft.testkit;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.runtime.NodeEnvironment.Stage;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.SegmentedStorage;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.storage.StorageOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The segmented log alone over the simulated disk, beside a model so simple that it is plainly
 * right: a list of entries and a ballot. What is recovered must be what had completed, with or
 * without what was under way (TESTKIT 3.2, recovered-log oracle).
 */
final class StorageRun {
  private static final ClusterId CLUSTER = ClusterId.of("c");
  private static final GroupId GROUP = GroupId.of("g");
  private static final NodeId NODE = NodeId.of("n1");
  private static final Peer SELF = new Peer(NODE, new Incarnation(1, 2));
  private static final Membership INITIAL = Membership.of(Member.voter(NODE, "n1:1"));
  private static final Path DIRECTORY = Path.of("/data/g");

  /** An entry as the model keeps it. */
  private record Entry(long term, long content) {}

  private final Simulation simulation;
  private final Prng random;
  private final SimulatedDisk disk;
  private final StorageOptions options;
  private final boolean strikesRecovery;

  private List<Entry> log = new ArrayList<>();
  private Ballot ballot = Ballot.NONE;
  private @Nullable List<EntryBatch> appending;
  private @Nullable Ballot voting;
  private long commit;
  private long starts;
  private int lives;
  private @Nullable Life life;
  private @Nullable ProcessDisk process;
  long operations;
  long powerCuts;
  long tornTails;

  StorageRun(long seed) {
    this.simulation = new Simulation(seed);
    this.random = simulation.random("storage run");
    DiskTiming timing = new DiskTiming(random.split("timing"), 1_000_000);
    this.disk = new SimulatedDisk(random.split("disk"), simulation.forces(0, timing));
    disk.keepWholePages(random.nextInt(10) == 0);
    this.options =
        StorageOptions.defaults()
            .withSegmentBytes(random.logUniform(64 << 10, 512 << 10))
            .withBlockAlignment(random.nextBoolean() ? 512 : 4096);
    this.strikesRecovery = random.nextBoolean();
  }

  void run(int crashes) throws StorageException {
    for (int i = 0; i < crashes; i++) {
      open();
      simulation.run(java.time.Duration.ofMillis(random.logUniform(5, 400)));
      crash();
    }
  }

  private void open() throws StorageException {
    RaftStorage opened = null;
    while (opened == null) {
      Life fresh = new Life(0, ++lives);
      ProcessDisk mounted = disk.mount();
      life = fresh;
      process = mounted;
      SimulatedEnvironment environment =
          new SimulatedEnvironment(
              simulation,
              fresh,
              new SimulatedClock(0, 0),
              mounted,
              random.split("life " + lives),
              0,
              0);
      if (strikesRecovery && random.nextInt(3) == 0) {
        mounted.arm(1 + random.nextInt(30), () -> {});
      }
      try {
        SegmentedStorage storage =
            new SegmentedStorage(mounted, DIRECTORY, options, environment.executor(Stage.SNAPSHOT));
        opened =
            storage.exists()
                ? storage.resume(CLUSTER, GROUP, NODE, environment.random("storage"))
                : storage.bootstrap(CLUSTER, GROUP, NODE, INITIAL, environment.random("storage"));
        compare(opened);
        if (!opened.identity().founding().isComplete()) {
          Membership record = INITIAL.naming(NODE, opened.identity().incarnation());
          opened.saveFounding(Founding.complete(record));
        }
        RaftStorage ready = opened;
        environment.executor(Stage.LOG).execute(() -> next(environment, ready));
      } catch (ProcessDied died) {
        opened = null;
        crash();
      }
    }
  }

  private void crash() {
    if (life != null && process != null) {
      life.end();
      process.die();
    }
    if (random.nextBoolean()) {
      powerCuts++;
      disk.powerCut(random.nextInt(3) / 2.0);
    } else {
      disk.processCrash();
    }
  }

  // The life of a log stage.

  private void next(SimulatedEnvironment environment, RaftStorage storage) {
    operations++;
    if (random.nextInt(40) == 0 && process != null && life != null) {
      process.arm(1 + random.nextInt(6), life::end);
    }
    int kind = random.nextInt(20);
    if (kind < 2 || ballot.term() == 0) {
      vote(environment, storage);
    } else if (kind < 4) {
      storage.idle(failure -> done(environment, storage, failure));
    } else if (kind < 6 && !log.isEmpty()) {
      checkRead(storage);
      done(environment, storage, null);
    } else {
      append(environment, storage);
    }
  }

  private void done(
      SimulatedEnvironment environment, RaftStorage storage, @Nullable IOException failure) {
    if (failure != null) {
      throw simulation.failure("WAL", "a write failed: " + failure);
    }
    if (appending != null) {
      log = with(log, appending, Integer.MAX_VALUE);
      appending = null;
    }
    if (voting != null) {
      ballot = voting;
      voting = null;
    }
    commit = Math.max(commit, Math.min(log.size(), commit + random.nextInt(5) - 2));
    environment.executor(Stage.LOG).execute(() -> next(environment, storage));
  }

  private void vote(SimulatedEnvironment environment, RaftStorage storage) {
    Ballot cast = new Ballot(ballot.term() + 1, random.nextBoolean() ? null : SELF);
    voting = cast;
    storage.saveBallot(cast, failure -> done(environment, storage, failure));
  }

  private void append(SimulatedEnvironment environment, RaftStorage storage) {
    int first = log.size() + 1;
    if (random.nextInt(5) == 0) {
      first = Math.max((int) commit + 1, first - random.nextInt(12));
    }
    List<EntryBatch> batches = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      EntryBatch batch = batch(first);
      batches.add(batch);
      first = (int) batch.lastIndex() + 1;
      if (random.nextInt(10) == 0) { // a batch that overwrites the one before it
        first = (int) batch.firstIndex() + random.nextInt(batch.count());
      }
    }
    appending = batches;
    storage.append(batches, commit, failure -> done(environment, storage, failure));
  }

  private EntryBatch batch(int first) {
    int count = 1 + random.nextInt(5);
    int length = random.nextInt(50) == 0 ? random.nextInt(100_000) : random.nextInt(400);
    EntryBatch.Builder builder =
        EntryBatch.builder(
            new EntryId(first, ballot.term()), count, (long) count * length, 1_000_000L + first);
    for (int i = 0; i < count; i++) {
      byte[] payload = new byte[length];
      java.util.Arrays.fill(payload, (byte) random.nextInt(3));
      builder.add(EntryType.COMMAND, payload);
    }
    return builder.build();
  }

  // The model.

  private List<Entry> with(List<Entry> before, List<EntryBatch> batches, int entries) {
    List<Entry> after = new ArrayList<>(before);
    int left = entries;
    for (EntryBatch batch : batches) {
      EntryBatch.Cursor cursor = batch.cursor();
      while (left > 0 && cursor.next()) {
        after.subList((int) cursor.index() - 1, after.size()).clear();
        after.add(new Entry(cursor.term(), simulation.checksum(cursor.payload())));
        left--;
      }
    }
    return after;
  }

  private List<Entry> readAll(RaftStorage storage) throws StorageException {
    List<Entry> found = new ArrayList<>();
    long last = storage.log().last().index();
    while (found.size() < last) {
      EntryBatch batch = storage.read(found.size() + 1L, 64 << 10);
      if (batch.isEmpty()) {
        throw simulation.failure("WAL", "no entry " + (found.size() + 1) + " of " + last);
      }
      found = with(found, List.of(batch), Integer.MAX_VALUE);
    }
    return found;
  }

  private void checkRead(RaftStorage storage) {
    long index = 1L + random.nextInt(log.size());
    try {
      EntryBatch batch = storage.read(index, random.logUniform(1, 100_000));
      List<Entry> expected = log.subList((int) index - 1, (int) batch.lastIndex());
      if (batch.firstIndex() != index
          || !with(log.subList(0, (int) index - 1), List.of(batch), Integer.MAX_VALUE)
              .subList((int) index - 1, (int) batch.lastIndex())
              .equals(expected)) {
        throw simulation.failure("WAL", "read " + batch + " at " + index);
      }
    } catch (StorageException e) {
      throw simulation.failure("WAL", "entry " + index + " of " + log.size() + ": " + e);
    }
  }

  /** What was recovered must be what had completed, or with some of what was under way. */
  private void compare(RaftStorage storage) throws StorageException {
    List<Entry> found = readAll(storage);
    List<EntryBatch> begun = appending;
    boolean legal = found.equals(log);
    int entries = begun == null ? 0 : begun.stream().mapToInt(EntryBatch::count).sum();
    for (int some = 1; begun != null && some <= entries && !legal; some++) {
      legal = found.equals(with(log, begun, some));
    }
    if (!legal) {
      throw simulation.failure(
          "WAL",
          "recovered "
              + found.size()
              + " entries, "
              + log.size()
              + " were durable, under way "
              + begun
              + ", the first difference is at "
              + firstDifference(found));
    }
    if (!storage.ballot().equals(ballot) && !storage.ballot().equals(voting)) {
      throw simulation.failure(
          "WAL", "recovered " + storage.ballot() + ", durable " + ballot + ", under way " + voting);
    }
    if (storage.identity().startCounter() <= starts) {
      throw simulation.failure("WAL", "start " + storage.identity().startCounter() + " again");
    }
    starts = storage.identity().startCounter();
    if (storage.report().tornBytes() > 0) {
      tornTails++;
    }
    log = found;
    ballot = storage.ballot();
    appending = null;
    voting = null;
    commit = Math.min(commit, log.size());
  }

  private int firstDifference(List<Entry> found) {
    int at = 0;
    while (at < Math.min(found.size(), log.size()) && found.get(at).equals(log.get(at))) {
      at++;
    }
    return at + 1;
  }
}
