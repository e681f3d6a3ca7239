package io.bowline.raft.testkit;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.TermRun;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one node would recover if its power were cut now: {@code disk(n)} of the checks. A write of
 * the node counts as soon as every sector that it has written stands on the simulated disk and the
 * files have their names there, whatever the node was told; work is proportional to what was
 * written.
 */
final class DurableGhost {
  /** So many of the newest durable places are remembered. */
  private static final int KEPT = 64;

  /** A block of the log takes a sector at least. */
  private static final int BLOCKS_IN_A_PAGE = SimulatedFile.PAGE / SimulatedFile.SECTOR;

  /** A place in a file that one call to the storage has written. */
  private record Region(SimulatedFile file, long from, long to) {}

  /** One call: a ballot, or entries that follow or overwrite. */
  private static final class Write {
    private final @Nullable Ballot ballot;
    private final List<TermRun> runs;
    private final long bytes;
    private final List<Region> regions = new ArrayList<>();
    private long writtenBytes;

    Write(@Nullable Ballot ballot, List<TermRun> runs, long bytes) {
      this.ballot = ballot;
      this.runs = runs;
      this.bytes = bytes;
    }

    /** The page cache has all of it. A ballot can be read as soon as its first copy is whole. */
    boolean isReadable() {
      return ballot == null ? writtenBytes >= bytes : !regions.isEmpty();
    }

    /** The page cache has all that a promise must wait for: of a ballot both copies (F5). */
    boolean isComplete() {
      return ballot == null ? writtenBytes >= bytes : regions.size() >= 2;
    }
  }

  /** The log before entries were written over it, when so many writes of entries were believed. */
  private record Overwritten(long writes, TermRuns log) {}

  private final SimulatedDisk disk;
  private final ArrayDeque<Overwritten> overwritten = new ArrayDeque<>();
  private final ArrayDeque<Write> pending = new ArrayDeque<>();
  private final List<Region> proven = new ArrayList<>();
  private @Nullable Write current;
  private TermRuns log = new TermRuns();
  private Ballot ballot = Ballot.NONE;
  private long logWrites;
  private boolean mayHaveLost;
  private boolean down;
  private boolean aside;
  private boolean ballotRotten;
  private boolean endMayBeSpoilt;

  DurableGhost(SimulatedDisk disk) {
    this.disk = disk;
  }

  // What the node asks its storage for.

  void begins(Ballot next) {
    begins(new Write(next, List.of(), 0));
  }

  void begins(List<EntryBatch> batches) {
    List<TermRun> runs = new ArrayList<>();
    long bytes = 1;
    for (EntryBatch batch : batches) {
      runs.addAll(batch.termRuns());
      bytes += batch.byteLength();
    }
    begins(new Write(null, runs, bytes));
  }

  private void begins(Write write) {
    current = write;
    pending.add(write);
  }

  /** Nothing of it belongs to what was begun before. */
  void beginsSync() {
    current = null;
  }

  /** What is written now is of no ballot and of no entries: of the identity, or of the peers. */
  void aside(boolean now) {
    aside = now;
  }

  /** The process has written there. */
  void wrote(SimulatedFile file, long from, long to, long bytes) {
    if (current != null && !aside) {
      current.regions.add(new Region(file, from, to));
      current.writtenBytes += bytes;
    }
  }

  // What would be recovered.

  TermRuns log() {
    settle();
    return log;
  }

  Ballot ballot() {
    settle();
    return ballot;
  }

  /**
   * Whether a start may read that ballot from the disk: the durable one, or the one that is being
   * written, whose first copy is on the disk before the second (F5).
   */
  boolean mayBeRead(Ballot read) {
    settle();
    return read.equals(ballot) || pending.stream().anyMatch(write -> read.equals(write.ballot));
  }

  private void settle() {
    if (down) {
      return; // what the cache has lost looks like what the disk has
    }
    for (Write first = pending.peek(); first != null && isOnDisk(first); first = pending.peek()) {
      pending.remove();
      believe(first);
    }
  }

  private void believe(Write write) {
    if (write.ballot == null) {
      proven.addAll(write.regions);
      while (proven.size() > KEPT) {
        proven.remove(0);
      }
    }
    if (write.ballot != null) {
      ballot = write.ballot;
    }
    logWrites += write.runs.isEmpty() ? 0 : 1;
    append(log, write);
    while (!overwritten.isEmpty()
        && overwritten.element().writes() <= logWrites - BLOCKS_IN_A_PAGE) {
      overwritten.remove();
    }
  }

  private void append(TermRuns to, Write write) {
    if (!write.runs.isEmpty() && write.runs.get(0).first() <= to.last()) {
      overwritten.add(new Overwritten(logWrites, to.copy()));
    }
    to.append(write.runs);
  }

  private boolean isOnDisk(Write write) {
    if (!write.isComplete()) {
      return false;
    }
    for (Region region : write.regions) {
      if (!region.file().isOnDisk(region.from(), region.to()) || !disk.isNamed(region.file())) {
        return false;
      }
    }
    return true;
  }

  // What has been recovered.

  /** The page at the log's end may be damaged as if it had never been written whole. */
  void endMayBeSpoilt() {
    endMayBeSpoilt = true;
  }

  /**
   * Whether that is left when blocks of the page at the log's end are gone. One that wrote over
   * entries may be among them: then what it replaced is there again.
   */
  private boolean isLeftOf(TermRuns candidate, TermRuns found) {
    return isBeginOf(found, candidate)
        || overwritten.stream().anyMatch(before -> isBeginOf(found, before.log()));
  }

  private boolean isBeginOf(TermRuns found, TermRuns candidate) {
    return found.last() == 0 || candidate.holds(found.last(), found.lastTerm());
  }

  /** The process is gone; {@code lossy} if what it had written may be gone too. */
  void crashed(boolean lossy) {
    settle();
    mayHaveLost |= lossy;
    current = null;
    down = true;
  }

  /** The disk holds what an older copy held, or nothing. */
  void replaced(TermRuns held, Ballot vote) {
    pending.clear();
    proven.clear();
    overwritten.clear();
    current = null;
    log = held.copy();
    ballot = vote;
  }

  /** Whether a block is known that a later one of this life proves durable. */
  boolean canRot() {
    settle();
    return proven.size() > 2;
  }

  /** Whether all that was written is on the disk: then a process sees there what the disk holds. */
  boolean rests() {
    settle();
    return pending.isEmpty();
  }

  /** Whether no ballot is being written, and none was damaged before. */
  boolean ballotRests() {
    settle();
    boolean rests = !down && !ballotRotten && pending.stream().noneMatch(w -> w.ballot != null);
    ballotRotten |= rests;
    return rests;
  }

  /** Damages one of them. */
  void rot(int how, Prng random) {
    Region place = proven.get(random.nextInt(proven.size() - 2));
    Region other = proven.get(proven.size() - 1);
    if (how == 0) {
      long at = place.from() + random.nextLong(place.to() - place.from());
      place.file().damage(at, new byte[] {(byte) (1 + random.nextInt(255))}, true);
    } else {
      byte[] bytes = new byte[(int) (place.to() - place.from())];
      if (how == 2) {
        other.file().read(ByteBuffer.wrap(bytes), other.from());
      }
      place.file().damage(place.from(), bytes, false);
    }
  }

  /** One block that is proven durable was written over another one. */
  void misdirect(Prng random) {
    int from = random.nextInt(proven.size() - 2);
    Region place = proven.get(from);
    int onto = random.nextInt(proven.size() - 2);
    Region other = proven.get(onto);
    byte[] bytes = new byte[(int) (place.to() - place.from())];
    place.file().read(ByteBuffer.wrap(bytes), place.from());
    place.file().damage(place.from(), new byte[bytes.length], false);
    if (onto != from) { // and not over its end: the newest block may stand there
      long most = Math.min(bytes.length, other.to() - other.from());
      other.file().damage(other.from(), Arrays.copyOf(bytes, (int) most), false);
    }
  }

  boolean isDown() {
    return down;
  }

  private void marks(TermRuns found, Ballot vote, Marks marks) {
    if (pending.isEmpty()) {
      return;
    }
    Write first = pending.element();
    boolean noneKept = found.isSameAs(log) && vote.equals(ballot);
    marks.hit(noneKept ? Mark.RECOVERED_ALL_UNFORCED_LOST : Mark.RECOVERED_UNFORCED);
    if (first.ballot != null) {
      boolean kept = vote.equals(first.ballot);
      marks.hit(kept ? Mark.RECOVERED_UNFORCED_BALLOT : Mark.RECOVERED_LOST_BALLOT);
    }
    boolean overwrites = !first.runs.isEmpty() && first.runs.get(0).first() <= log.last();
    marks.hitIf(overwrites, Mark.RECOVERED_UNFORCED_OVERWRITE);
  }

  /**
   * A start has read this. It must be what is durable and then, in order, some of what was written
   * and not yet durable: all of it that was written, if nothing can have been lost.
   *
   * @return what is wrong with it, or {@code null}
   */
  @Nullable String recovered(TermRuns found, Ballot vote, Marks marks) {
    settle();
    marks(found, vote, marks);
    Ballot known = ballot;
    TermRuns candidate = log.copy();
    boolean agrees = candidate.isSameAs(found) && known.equals(vote);
    boolean readable = true;
    for (Write write : pending) {
      readable &= write.isReadable();
      if (readable && !mayHaveLost) {
        agrees = false; // a process crash alone takes nothing that was written
      }
      known = write.ballot == null ? known : write.ballot;
      append(candidate, write);
      agrees |= candidate.isSameAs(found) && known.equals(vote);
    }
    agrees |= endMayBeSpoilt && isLeftOf(candidate, found) && known.equals(vote);
    endMayBeSpoilt = false;
    String wrong =
        agrees
            ? null
            : "recovered "
                + found
                + " and "
                + vote
                + ", durable are "
                + log
                + " and "
                + ballot
                + ", written but not forced up to "
                + candidate
                + " and "
                + known;
    pending.clear();
    proven.clear();
    current = null;
    log = found.copy();
    ballot = vote;
    mayHaveLost = false;
    down = false;
    return wrong;
  }
}
