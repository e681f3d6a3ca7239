package io.bowline.raft.testkit;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.StartPair;
import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.Identity;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.SegmentedStorage;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.storage.StorageOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one node asks its storage for, over all its lives, held against what it may: log matching,
 * the guard of truncations, one completion for each write in their order, and at each start what
 * was recovered against what the disk must have given.
 */
final class StorageChecks {
  /** Stages are late by less. */
  private static final long HAND_OFF_NANOS = 500_000_000L;

  /** No run has so many elections; who says more than 2^32 above one's own term is not believed. */
  private static final long MOST_TERM = 1L << 33;

  private final Simulation simulation;
  private final ProtocolChecks protocol;
  private final SimulatedDisk disk;
  private final int slot;
  private final DurableGhost durable;
  private final boolean hashesBuffers;
  private final Marks marks;
  private TermRuns log = new TermRuns();
  private long largestBatch;
  private long appendedAt;
  private long cachedAt;
  private long cachedIndex;
  private long cachedBytes;
  private boolean failed;
  private boolean busy;
  private boolean syncing;
  private long busySince;
  private final TreeMap<Long, Membership> memberships = new TreeMap<>();
  private final Set<EntryBatch.MembershipAt> writtenMemberships = new HashSet<>();
  private @Nullable Identity identity;

  StorageChecks(Simulation simulation, ProtocolChecks protocol, SimulatedDisk disk, int slot) {
    this.simulation = simulation;
    this.protocol = protocol;
    this.disk = disk;
    this.slot = slot;
    this.durable = new DurableGhost(disk);
    this.marks = simulation.marks();
    this.hashesBuffers = simulation.random("hashed buffers " + slot).nextInt(16) == 0;
    disk.watch(SimulatedNode.DIRECTORY, durable::wrote);
  }

  /** {@code disk(n)}. */
  DurableGhost durable() {
    return durable;
  }

  /** All that the node has asked to be written. */
  TermRuns log() {
    return log;
  }

  /** Whether no process has read this disk since the last one ended. */
  boolean isDown() {
    return durable.isDown();
  }

  /** Whether a write or a force has failed in this life: no promise may leave any more. */
  boolean hasFailed() {
    return failed;
  }

  /** Which directory this is; {@code null} before the first start. */
  @Nullable Incarnation incarnation() {
    return identity == null ? null : identity.incarnation();
  }

  /** This life, as its identity says; {@code null} before the first one. */
  @Nullable StartPair start() {
    return identity == null ? null : identity.current();
  }

  /** Whether its directory was started so before, or is now. */
  boolean holds(StartPair start) {
    return identity != null && identity.holds(start);
  }

  /** The last membership in its log; {@code null} if that is the one it began with. */
  @Nullable Membership effective() {
    Map.Entry<Long, Membership> last = memberships.lastEntry();
    return last == null ? null : last.getValue();
  }

  /** Since when a write has not completed; {@link Long#MAX_VALUE} if none is under way. */
  long busySince() {
    return busy ? busySince : Long.MAX_VALUE;
  }

  // Lives.

  void crashed(boolean lossy) {
    durable.crashed(lossy);
    busy = false;
    syncing = false;
  }

  void opened(RaftStorage storage) {
    failed = false;
    busy = false;
    syncing = false;
    TermRuns recovered = TermRuns.of(storage.log().runs());
    String wrong = durable.recovered(recovered, storage.ballot(), marks);
    if (wrong != null) {
      throw fail("RECOVERED_LOG", wrong);
    }
    protocol.recovered(slot, recovered, storage.ballot().term());
    log = recovered;
    largestBatch = 0;
    cachedIndex = -1;
    protocol.bounds().leadsNoLonger(slot);
    Identity found = storage.identity();
    identity = found;
    protocol.starts().opened(slot, storage.remembered());
    protocol.foundings().opened(slot, found.incarnation());
    protocol.wrote(slot, found.founding());
    memberships.clear();
    List<EntryBatch.MembershipAt> expected = membershipsIn(recovered);
    for (EntryBatch.MembershipAt at : expected) {
      memberships.put(at.id().index(), at.membership());
      protocol.membership(at.id(), at.membership());
    }
    if (!expected.equals(storage.log().memberships())) {
      throw fail(
          "RECOVERED_MEMBERSHIPS",
          "wrote " + expected + ", a start has read " + storage.log().memberships());
    }
  }

  /** Those among what was ever written here that this log holds, oldest first. */
  private List<EntryBatch.MembershipAt> membershipsIn(TermRuns held) {
    return writtenMemberships.stream()
        .filter(at -> held.holds(at.id().index(), at.id().term()))
        .sorted(Comparator.comparingLong(at -> at.id().index()))
        .toList();
  }

  /** What a start would read now from the disk alone must be what this one has read (D-h). */
  void requireDurableRecovery(Path directory, StorageOptions options) {
    try {
      RaftStorage twin =
          new SegmentedStorage(disk.onDisk(new Prng(1)).mount(), directory, options, Runnable::run)
              .resume(Cluster.CLUSTER, Cluster.GROUP, ProtocolChecks.id(slot), new Prng(2));
      if (!TermRuns.of(twin.log().runs()).isSameAs(durable.log())
          || !durable.mayBeRead(twin.ballot())) {
        throw fail(
            "RECOVERED_IS_DURABLE",
            "read "
                + durable.log()
                + " and "
                + durable.ballot()
                + ", the disk holds "
                + twin.log().runs()
                + " and "
                + twin.ballot());
      }
    } catch (StorageException e) {
      throw fail("RECOVERED_IS_DURABLE", "what was read does not stand on the disk: " + e);
    }
  }

  private SimulationFailure fail(String check, String what) {
    return simulation.failure(check, "n" + (slot + 1) + ": " + what);
  }

  // Memory.

  /** So many bytes were in memory when it had applied so far. */
  void cached(long index, long bytes) {
    cachedAt = simulation.now();
    cachedIndex = index;
    cachedBytes = bytes;
  }

  /** What was in memory when it last said so. */
  long cachedBytes() {
    return cachedBytes;
  }

  /** If all that it held then was durable, and nothing was on its way here: it was little. */
  void census() {
    long quiet = simulation.now() - HAND_OFF_NANOS;
    boolean rested = !busy && !syncing && appendedAt < cachedAt && cachedAt < quiet;
    if (rested && cachedIndex == log.last() && protocol.promises().isAwakeSince(slot, cachedAt)) {
      protocol.bounds().cached(slot, cachedBytes, largestBatch);
    }
  }

  // Writes.

  /** A call that writes a file of its own, beside ballot and log. */
  interface Aside {
    void write() throws StorageException;
  }

  void aside(Aside call) throws StorageException {
    durable.aside(true);
    try {
      call.write();
    } finally {
      durable.aside(false);
    }
  }

  /** Its founding is that now, durably. */
  void founded(Founding next) {
    protocol.wrote(slot, next);
  }

  /** That start of a peer's directory is durable here. */
  void remembers(Incarnation directory, StartPair start) {
    protocol.starts().remembers(slot, directory, start);
  }

  /** It is told that it is a copy: only then may it be. */
  void fenced() {
    marks.hit(Mark.COPY_FENCED);
    if (!protocol.isSpoilt(slot)) {
      throw fail("COPY_FENCED", "is fenced, and its disk is the one that it always had");
    }
  }

  private void requireFounded(String what) {
    if (!protocol.foundings().isComplete(slot)) {
      throw fail("FOUNDED_FIRST", "writes " + what + " before its founding is complete");
    }
  }

  Completion savesBallot(Ballot ballot, Completion done) {
    requireFounded("a ballot");
    if (ballot.term() > MOST_TERM) {
      throw fail("TERM_BURNT", "enters a term that nobody has reached: " + ballot);
    }
    Ballot before = durable.ballot();
    if (ballot.term() < before.term()
        || (ballot.term() == before.term()
            && before.votedFor() != null
            && !before.votedFor().equals(ballot.votedFor()))) {
      throw fail("MONOTONIC_BALLOT", ballot + " is written over " + before);
    }
    marks.hitIf(ballot.votedFor() == null, Mark.BALLOT_WITHOUT_VOTE);
    boolean entered = ballot.term() == before.term() && before.votedFor() == null;
    marks.hitIf(entered, Mark.VOTE_IN_TERM_ENTERED_BEFORE);
    durable.begins(ballot);
    return once(done, 0, List.of(), Mark.BALLOT_WRITE_FAILED);
  }

  Completion appends(List<EntryBatch> batches, long commitIndex, Completion done) {
    if (commitIndex > durable.log().last()) {
      throw fail(
          "HINTS_ARE_DURABLE",
          "commit position " + commitIndex + " is above what is durable, " + durable.log());
    }
    requireFounded("entries");
    for (EntryBatch batch : batches) {
      if (!batch.isEmpty()) {
        requireBallotFirst(batch.last());
        appends(batch);
      }
    }
    durable.begins(batches);
    return once(done, hashesBuffers ? hash(batches) : 0, batches, Mark.LOG_WRITE_FAILED);
  }

  Completion syncs(Completion done) {
    durable.beginsSync();
    syncing = true;
    return failure -> {
      syncing = false;
      appendedAt = simulation.now(); // what has waited behind it comes now
      marks.hitIf(failure != null, Mark.SYNC_FAILED);
      ended(done, failure);
    };
  }

  void closes() {
    durable.beginsSync();
  }

  /**
   * The one in which it writes, as its ballot says: the entries may be older, and an earlier
   * leader's own ones may come back to it from a later leader (§5.4.2).
   */
  long term() {
    return durable.ballot().term();
  }

  private void requireBallotFirst(EntryId last) {
    if (last.term() > durable.ballot().term()) {
      throw fail("BALLOT_FIRST", "writes " + last + ", its disk says " + durable.ballot());
    }
  }

  private void appends(EntryBatch batch) {
    long first = batch.firstIndex();
    if (first > log.last() + 1) {
      throw fail("LOG_WITHOUT_GAP", first + " is written behind " + log);
    }
    if (first <= log.last()) {
      protocol.truncates(slot, first, log, batch);
      if (log.termAt(first) == batch.termAt(first)) {
        throw fail("WRITTEN_ONCE", first + "@" + batch.termAt(first) + " is written again");
      }
      memberships.tailMap(first, true).clear();
    }
    long prevTerm = log.termAt(first - 1);
    EntryBatch.Cursor cursor = batch.cursor();
    while (cursor.next()) {
      protocol.entry(cursor, prevTerm);
      prevTerm = cursor.term();
    }
    for (EntryBatch.MembershipAt at : batch.memberships()) {
      appendsMembership(at);
    }
    log.append(batch.termRuns());
    largestBatch = Math.max(largestBatch, batch.byteLength());
    appendedAt = simulation.now();
    if (protocol.leads(slot, term())) {
      protocol.bounds().appended(slot, batch, protocol.commitIndex());
    }
    tell();
  }

  private void tell() {
    if (simulation.isObserved()) {
      RunObserver observer = simulation.observer();
      observer.log(simulation.now(), slot, log.last(), log.lastTerm(), durable.log().last());
    }
  }

  private void appendsMembership(EntryBatch.MembershipAt at) {
    long before = memberships.isEmpty() ? 0 : memberships.lastKey();
    if (before > protocol.commitIndex() && protocol.leads(slot, term())) {
      throw fail(
          "ONE_CHANGE_AT_A_TIME",
          "membership at " + at.id() + " while the one at " + before + " is not committed");
    }
    memberships.put(at.id().index(), at.membership());
    writtenMemberships.add(at);
    protocol.membership(at.id(), at.membership());
  }

  /** One completion for each write, in their order, of bytes that nobody has touched. */
  private Completion once(Completion done, long hash, List<EntryBatch> batches, Mark ifFailed) {
    if (busy) {
      throw fail("WRITES_IN_ORDER", "a write is asked for before the last one has completed");
    }
    busy = true;
    busySince = simulation.now();
    boolean[] completed = new boolean[1];
    return failure -> {
      if (completed[0]) {
        throw fail("WRITES_IN_ORDER", "a write completes twice");
      }
      completed[0] = true;
      busy = false;
      durable.beginsSync();
      if (failure == null && hash != 0 && hash != hash(batches)) {
        throw fail("BUFFERS_STAY", "entries were changed while they were written");
      }
      marks.hitIf(failure != null, ifFailed);
      ended(done, failure);
    };
  }

  private void ended(Completion done, @Nullable IOException failure) {
    failed |= failure != null;
    if (failure != null) {
      boolean led = protocol.leads(slot, marks.newestTerm);
      marks.hit(led ? Mark.FORCE_FAILED_ON_LEADER : Mark.FORCE_FAILED_ON_FOLLOWER);
    }
    tell();
    done.completed(failure);
  }

  private long hash(List<EntryBatch> batches) {
    long hash = 1;
    for (EntryBatch batch : batches) {
      for (int i = 0; i < batch.sliceCount(); i++) {
        hash = hash * 31 + simulation.checksum(batch.slice(i));
      }
    }
    return hash;
  }
}
