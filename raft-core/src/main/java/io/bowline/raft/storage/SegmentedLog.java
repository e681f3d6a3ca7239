package io.bowline.raft.storage;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The log as it is written: one force for each group commit, a new segment when one is full, room
 * prepared in the background. The log stage writes, one group at a time; {@link #read} may run
 * beside it.
 */
final class SegmentedLog {
  /**
   * Where groups are larger in the mean, no zeros are written ahead of them: all bytes would be
   * written twice, which costs more from here on than the journal commit of a longer file.
   */
  private static final long LARGE_GROUP = 16 << 10;

  private final Disk disk;
  private final Path directory;
  private final long segmentBytes;
  private final Executor background;
  private final RandomGenerator random;
  private final Poison poison;
  private final LogOutline outline;
  private final OpenSegments files;
  private final LogReader reader;
  private final AppendRules rules;
  private final BlockWriter writer;
  private final NextSegment next;
  private final Room room = new Room();
  private final AtomicBoolean preparing = new AtomicBoolean();
  private @Nullable Held held;
  private boolean closing;
  private long meanGroup;

  /** What goes into the page cache before a force. */
  private interface Write {
    void run() throws IOException;
  }

  /** A write that waits for room. */
  private record Held(Runnable again, Completion done) {}

  SegmentedLog(
      RecoveredLog log,
      Disk disk,
      Path directory,
      StorageOptions options,
      Executor background,
      RandomGenerator random,
      Poison poison) {
    this.disk = disk;
    this.directory = directory;
    this.segmentBytes = options.segmentBytes();
    this.background = background;
    this.random = random;
    this.poison = poison;
    this.outline = log.outline();
    this.files = new OpenSegments(disk);
    this.reader = new LogReader(log.index(), files);
    this.rules = new AppendRules(outline, reader);
    this.writer = log.writer();
    this.next = new NextSegment(disk, directory, writer.segment().header().number());
  }

  Room room() {
    return room;
  }

  /** One group commit. */
  void append(List<EntryBatch> batches, long commitIndex, Completion done) {
    if (poison.refuses(done)) {
      return;
    }
    try {
      rules.require(batches);
    } catch (StorageException e) {
      done.completed(poison.by(e)); // what it would follow cannot be read
      return;
    }
    writer.noteCommit(commitIndex);
    long bytes = writer.room(batches);
    meanGroup += (bytes - meanGroup) / 16;
    begin(bytes, () -> writer.write(batches), done);
  }

  /** A sync block if the newest block is not proven durable by any other yet (D-c). */
  void idle(Completion done) {
    if (poison.refuses(done)) {
      return;
    }
    if (writer.tailIsProven()) {
      done.completed(null);
      return;
    }
    begin(writer.room(List.of(EntryBatch.EMPTY)), writer::writeSync, done);
  }

  private void begin(long bytes, Write write, Completion done) {
    if (poison.refuses(done)) {
      return; // also what waited for room meanwhile
    }
    try {
      long end = writer.position() + bytes + SegmentFooter.BYTES;
      if (end > segmentBytes && !writer.isEmpty()) {
        writer.zeros().reach(writer.position() + SegmentFooter.BYTES);
        next.prepare(nextNumber(), firstZeros());
        seal(
            failure -> {
              if (failure == null) {
                begin(bytes, write, done);
              } else {
                done.completed(failure);
              }
            });
        return;
      }
      makeRoom(end); // the footer's place too: sealing must not lack room
    } catch (IOException e) {
      if (!DiskError.waits(e)) {
        done.completed(poison.by(e));
        return;
      }
      room.lacks(e); // nothing of the group was written: it waits for seekRoom (D-e)
      held = new Held(() -> begin(bytes, write, done), done);
      if (closing) {
        waitNoLonger();
      }
      return;
    }
    perform(write, done);
  }

  private void perform(Write write, Completion done) {
    try {
      write.run();
    } catch (IOException e) {
      done.completed(poison.by(e));
      return;
    }
    writer
        .file()
        .force(
            failure -> {
              if (failure == null) {
                writer.durable();
                prepareAhead();
                done.completed(null);
              } else {
                done.completed(poison.by(failure));
              }
            });
  }

  /** F4: the footer is durable before the successor gets its name. */
  private void seal(Completion done) {
    try {
      writer.writeFooter();
    } catch (IOException e) {
      done.completed(poison.by(e));
      return;
    }
    writer
        .file()
        .force(
            failure -> {
              IOException result = failure;
              if (result == null) {
                try {
                  startNext();
                } catch (IOException e) {
                  result = e;
                }
              }
              done.completed(result == null ? null : poison.by(result));
            });
  }

  private void startNext() throws IOException {
    SegmentHeader before = writer.segment().header();
    long number = before.number() + 1;
    NextSegment.Ready ready = next.prepare(number, ZeroAhead.FIRST_STEP);
    Path path = directory.resolve(NextSegment.name(number, NextSegment.LOG));
    WholeFile.publish(disk, ready.path(), path);
    next.used(number);
    writer.zeros().close();
    DiskFile sealed = writer.file();
    EntryId last = outline.last();
    SegmentHeader header =
        before.successor(random.nextLong(), writer.lastBlock() + 1, last.index() + 1, last);
    writer.startSegment(new Segment(path, header), ready.file(), ready.zeros());
    sealed.close();
  }

  private void makeRoom(long end) throws IOException {
    if (groupsAreLarge()) {
      writer.zeros().reachForLarge(end);
    } else {
      writer.zeros().reach(end);
    }
  }

  private boolean groupsAreLarge() {
    return meanGroup > LARGE_GROUP;
  }

  /** Of the next segment, before its first block. */
  private long firstZeros() {
    return groupsAreLarge() ? ZeroAhead.FIRST_STEP : Math.min(writer.zeros().step(), segmentBytes);
  }

  /** Lets the background make room before it is needed. */
  private void prepareAhead() {
    ZeroAhead zeros = writer.zeros();
    boolean zerosWanted =
        !groupsAreLarge() && zeros.reached() < segmentBytes && zeros.isShort(writer.position());
    boolean nextWanted = writer.position() > segmentBytes / 2 && !next.isReady();
    if ((zerosWanted || nextWanted) && preparing.compareAndSet(false, true)) {
      long number = nextNumber();
      long zerosOfNext = firstZeros();
      try {
        background.execute(
            () -> {
              try {
                prepare(zerosWanted ? zeros : null, nextWanted ? number : 0, zerosOfNext);
              } finally {
                preparing.set(false);
              }
            });
      } catch (RejectedExecutionException e) {
        preparing.set(false); // the host is closing: the writer prepares what it still needs
      }
    }
  }

  private void prepare(@Nullable ZeroAhead zeros, long nextNumber, long firstZeros) {
    try {
      if (zeros != null) {
        zeros.takeStep(segmentBytes);
      }
      if (nextNumber > 0) {
        next.prepareAhead(nextNumber, firstZeros);
      }
      room.found();
    } catch (IOException e) {
      if (DiskError.waits(e)) {
        room.lacks(e);
      } else {
        poison.by(e);
        room.found(); // nobody waits for room any more: the next write says what happened
      }
    }
  }

  /** Tries again what found no room; only a whole step that was prepared ends the lack. */
  void seekRoom() {
    Held waiting = held;
    if (waiting != null) {
      held = null;
      waiting.again().run();
    }
    if (held == null && room.lacking() && !poison.isSet()) {
      boolean nextWanted = writer.position() > segmentBytes / 2;
      prepare(writer.zeros(), nextWanted ? nextNumber() : 0, firstZeros());
    }
  }

  private long nextNumber() {
    return writer.segment().header().number() + 1;
  }

  EntryBatch read(long firstIndex, long maxBytes) throws StorageException {
    return reader.read(firstIndex, maxBytes);
  }

  /** Evidence for a ballot slot. */
  Hints hints() {
    return Hints.ofWhole(writer.durableBlock(), writer.commit());
  }

  /** What waits for room fails, now and from now on. */
  void waitNoLonger() {
    closing = true;
    Held waiting = held;
    if (waiting != null) {
      held = null;
      waiting.done().completed(poison.by(new StorageException("closed before there was room")));
    }
  }

  @SuppressWarnings("try") // what is opened there is only to be closed
  void close() throws IOException {
    waitNoLonger();
    writer.zeros().close();
    try (DiskFile written = writer.file();
        Closeable read = files::close) {
      next.close();
    }
  }
}
