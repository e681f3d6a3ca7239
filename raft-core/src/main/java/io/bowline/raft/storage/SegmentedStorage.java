package io.bowline.raft.storage;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.StartPair;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * One group's directory: lock, identity, ballot, segmented log (STORAGE F0). Opening it runs
 * recovery and makes all that it believes durable before anything is sent (D-h).
 */
public final class SegmentedStorage implements StorageProvider {
  static final String LOCK = "LOCK";
  private static final String LOG = "log";

  private final Disk disk;
  private final Path directory;
  private final StorageOptions options;
  private final Executor background;

  /**
   * A directory that is not open yet.
   *
   * @param background runs the tasks that prepare room ahead of the log writer
   */
  public SegmentedStorage(Disk disk, Path directory, StorageOptions options, Executor background) {
    this.disk = disk;
    this.directory = directory;
    this.options = options;
    this.background = background;
  }

  /** What opens a directory whose lock is held. */
  private interface Opener {
    RaftStorage open(Closeable lock) throws IOException;
  }

  @Override
  public boolean exists() throws StorageException {
    try {
      return disk.exists(directory.resolve(IdentityFile.NAME));
    } catch (IOException e) {
      throw failed("cannot look for a storage", e);
    }
  }

  @Override
  public RaftStorage bootstrap(
      ClusterId cluster, GroupId group, NodeId node, Membership list, RandomGenerator random)
      throws StorageException {
    try {
      disk.createDirectories(directory.resolve(LOG));
    } catch (IOException e) {
      throw failed("cannot be made or written: choose another directory or its owner", e);
    }
    Incarnation incarnation = Incarnation.draw(random);
    Identity identity = Identity.fresh(cluster, group, node, incarnation, list, random.nextLong());
    return locked(identity, lock -> bootstrap(lock, identity, random));
  }

  @Override
  public RaftStorage resume(ClusterId cluster, GroupId group, NodeId node, RandomGenerator random)
      throws StorageException {
    if (!exists()) {
      throw new StorageException(
          directory + " holds no storage: bootstrap makes one in an empty directory");
    }
    Identity owner = readIdentity();
    IdentityFile.requireOwner(directory.toString(), owner, cluster, group, node);
    return locked(owner, lock -> resume(lock, cluster, group, node, random));
  }

  private Identity readIdentity() throws StorageException {
    try {
      return IdentityFile.read(disk, directory.resolve(IdentityFile.NAME));
    } catch (IOException e) {
      throw failed("cannot read the identity", e);
    }
  }

  private RaftStorage locked(Identity owner, Opener opener) throws StorageException {
    String holder = "node " + owner.node() + ", group " + owner.group();
    Closeable lock;
    try {
      lock = disk.lock(directory.resolve(LOCK), holder);
    } catch (IOException e) {
      throw failed("is in use: stop its holder, or choose another directory", e);
    }
    boolean opened = false;
    try {
      RaftStorage storage = opener.open(lock);
      opened = true;
      return storage;
    } catch (IOException e) {
      throw failed("cannot be opened", e);
    } finally {
      if (!opened) {
        closeQuietly(lock);
      }
    }
  }

  private static void closeQuietly(Closeable lock) {
    try {
      lock.close();
    } catch (IOException e) {
      // the reason why it is closed is on its way to the caller, and the process holds no more
    }
  }

  private StorageException failed(String what, IOException cause) {
    return StorageException.of(directory + " " + what, cause);
  }

  /**
   * The identity gets its name last: a crash before that leaves a directory that a bootstrap may
   * begin anew, and no other.
   */
  private RaftStorage bootstrap(Closeable lock, Identity identity, RandomGenerator random)
      throws IOException {
    requireVacant();
    Path unfinished = directory.resolve(IdentityFile.UNFINISHED);
    WholeFile.write(disk, unfinished, IdentityFile.encode(identity));
    disk.syncDirectory(directory);
    for (String name : disk.list(directory.resolve(LOG))) {
      disk.delete(directory.resolve(LOG).resolve(name));
    }
    BallotFile.create(disk, directory, identity.cluster(), identity.incarnation());
    Map<Incarnation, StartPair> peers = Map.of();
    WholeFile.write(
        disk, directory.resolve(PeersFile.NAME), PeersFile.encode(identity.incarnation(), peers));
    RecoveredLog log = reopening(identity, random).begin();
    disk.syncDirectory(
        directory); // the names of ballot and peers, before the identity vouches for them
    WholeFile.publish(disk, unfinished, directory.resolve(IdentityFile.NAME));
    BallotFile ballot =
        BallotFile.open(disk, directory, BallotFile.find(disk, directory, identity));
    return open(lock, identity, peers, ballot, log, RecoveryReport.FRESH, random);
  }

  private void requireVacant() throws IOException {
    if (exists()) {
      Identity owner = readIdentity();
      throw new StorageException(
          directory
              + " holds node "
              + owner.node()
              + " of group "
              + owner.group()
              + " and cluster "
              + owner.cluster()
              + " already: resume it, or choose an empty directory");
    }
    boolean unfinished = disk.exists(directory.resolve(IdentityFile.UNFINISHED));
    boolean empty =
        disk.list(directory.resolve(LOG)).isEmpty()
            && !disk.exists(directory.resolve(BallotFile.NAME))
            && !disk.exists(directory.resolve(BallotFile.COPY))
            && !disk.exists(directory.resolve(PeersFile.NAME));
    if (!unfinished && !empty) {
      throw new StorageException(
          directory
              + " has a log or a ballot, but no identity: a bootstrap would forget what this node"
              + " promised. "
              + StorageException.WAYS_OUT);
    }
  }

  private RaftStorage resume(
      Closeable lock, ClusterId cluster, GroupId group, NodeId node, RandomGenerator random)
      throws IOException {
    Identity found = readIdentity();
    IdentityFile.requireOwner(directory.toString(), found, cluster, group, node);
    IdentityFile.requireNotFenced(directory.toString(), found);
    Map<Incarnation, StartPair> peers =
        PeersFile.read(disk, directory.resolve(PeersFile.NAME), found);
    BallotFile.Found slots = BallotFile.find(disk, directory, found);
    Hints hints = slots.newest().hints();
    requireWhole(hints);
    LogRecovery recovery = new LogRecovery(disk, directory.resolve(LOG), found, hints);
    long term = slots.newest().ballot().term();
    recovery.read(term);
    requireFounded(found, term, recovery);
    Identity next = found.nextStart(random.nextLong());
    return reopen(lock, next, peers, slots, recovery, random);
  }

  /** Identity 6: nothing is voted or written before the founding is complete. */
  private void requireFounded(Identity found, long term, LogRecovery recovery)
      throws StorageException {
    if (!found.founding().isComplete() && (term > 0 || recovery.hasEntries())) {
      throw new StorageException(
          directory
              + " is fenced: it holds a ballot of term "
              + term
              + (recovery.hasEntries() ? " and entries" : "")
              + ", but its founding is "
              + found.founding().state()
              + ": its identity is older than the files beside it. "
              + StorageException.COPIES);
    }
  }

  private void requireWhole(Hints hints) throws StorageException {
    if (hints.wholeUpTo() != 0 || !hints.votePosition().equals(EntryId.ZERO)) {
      throw new StorageException(
          directory
              + ": the ballot says that the log is whole up to "
              + hints.wholeUpTo()
              + " only: its repair needs a newer version than feature level 1");
    }
  }

  /** From here on the directory changes: identity, ballot, log, each idempotent (D-h). */
  private RaftStorage reopen(
      Closeable lock,
      Identity identity,
      Map<Incarnation, StartPair> peers,
      BallotFile.Found slots,
      LogRecovery recovery,
      RandomGenerator random)
      throws IOException {
    RecoveryReport report = recovery.report();
    BallotFile ballot = BallotFile.open(disk, directory, slots); // from here on it is claimed
    boolean opened = false;
    try {
      Path next = directory.resolve(IdentityFile.NEXT);
      WholeFile.write(disk, next, IdentityFile.encode(identity));
      WholeFile.publish(disk, next, directory.resolve(IdentityFile.NAME));
      Hints before = slots.newest().hints();
      ballot.saveNow(
          slots.newest().ballot(),
          Hints.ofWhole(recovery.replay().appliedNumber(), before.commit()));
      RecoveredLog log = reopening(identity, random).reopen(recovery);
      opened = true;
      return open(lock, identity, peers, ballot, log, report, random);
    } finally {
      if (!opened) {
        ballot.close();
      }
    }
  }

  private LogReopening reopening(Identity identity, RandomGenerator random) {
    return new LogReopening(
        disk, directory.resolve(LOG), identity, options.blockAlignment(), random);
  }

  private RaftStorage open(
      Closeable lock,
      Identity identity,
      Map<Incarnation, StartPair> peers,
      BallotFile ballot,
      RecoveredLog log,
      RecoveryReport report,
      RandomGenerator random) {
    LogShape shape = log.outline().shape();
    Poison poison = new Poison();
    SegmentedLog segmented =
        new SegmentedLog(log, disk, directory.resolve(LOG), options, background, random, poison);
    DirectoryRecords records = new DirectoryRecords(disk, directory, poison, identity, peers);
    return new OpenStorage(lock, records, ballot, segmented, poison, shape, report);
  }
}
