package io.bowline.raft.runtime;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.storage.RaftStorage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The log stage: whatever waits is written together, with one fsync, and reported as one. Writes
 * are issued in the order of their numbers, one group at a time, so a ballot is durable before any
 * entry behind it is even issued (STORAGE O1, O2).
 */
final class DiskWriter extends Actor {
  private static final long MAX_GROUP_BYTES = 8 << 20;
  private static final long SEEK_ROOM_NANOS = 200_000_000L;

  /** What the raft stage is told. */
  interface Listener {
    void durable(long write);

    void writeFailed(long write, IOException cause);

    void room(boolean available);
  }

  /** A ballot or entries. */
  private record Write(long number, @Nullable Ballot ballot, @Nullable EntryBatch entries) {}

  private final RaftStorage storage;
  private final Listener listener;
  private final NodeEnvironment environment;
  private final long idleNanos;
  private final NodeMetrics metrics;
  private final ConcurrentLinkedQueue<Write> incoming = new ConcurrentLinkedQueue<>();
  private volatile long commitIndex;
  private volatile boolean closing;
  private volatile Runnable whenClosed = () -> {};

  // Confined to the log stage.
  private final ArrayDeque<Write> waiting = new ArrayDeque<>();
  private volatile boolean busy;
  private boolean poisoned;
  private boolean closed;
  private boolean wroteSinceIdle;
  private long lastNumber;
  private volatile boolean idleDue;
  private boolean idleTimerSet;
  private volatile boolean seekDue;
  private volatile boolean lacksRoom;

  DiskWriter(
      RaftStorage storage,
      NodeEnvironment environment,
      Executor executor,
      long idleNanos,
      NodeMetrics metrics,
      Listener listener) {
    super(executor);
    this.storage = storage;
    this.environment = environment;
    this.idleNanos = idleNanos;
    this.metrics = metrics;
    this.listener = listener;
    storage.onRoom(this::room);
  }

  /** From any thread: D-e, a disk that is full is no failed write; it is asked again. */
  private void room(@Nullable IOException lack) {
    lacksRoom = lack != null;
    listener.room(lack == null);
    if (lack != null) {
      seekRoomLater();
    }
  }

  private void seekRoomLater() {
    environment.schedule(
        environment.nanoTime() + SEEK_ROOM_NANOS,
        () -> {
          seekDue = true;
          wake();
        });
  }

  /** From the raft stage, in the order of numbers; {@link #wake} follows at the end of its turn. */
  void saveBallot(long write, Ballot ballot) {
    incoming.add(new Write(write, ballot, null));
  }

  void append(long write, EntryBatch entries) {
    incoming.add(new Write(write, null, entries));
  }

  /** A hint for the next block header; only what is durable here (STORAGE O5). */
  void commitIndex(long index) {
    commitIndex = index;
  }

  /** Closes the storage when what waits is written, and says so. */
  void close(Runnable whenClosed) {
    this.whenClosed = whenClosed;
    closing = true;
    wake();
  }

  @Override
  void failed(Throwable cause) {
    poisoned = true;
    listener.writeFailed(lastNumber + 1, new IOException("the log stage threw", cause));
  }

  @Override
  boolean hasWork() {
    return seekDue || (!busy && (!incoming.isEmpty() || idleDue || (closing && !closed)));
  }

  @Override
  void turn() {
    if (seekDue) {
      seekDue = false;
      storage.seekRoom();
      if (lacksRoom) {
        seekRoomLater(); // the storage tells of changes only
      }
    }
    while (!busy) {
      for (Write write = incoming.poll(); write != null; write = incoming.poll()) {
        waiting.add(write);
      }
      if (poisoned) {
        waiting.clear();
      }
      if (!waiting.isEmpty()) {
        writeGroup();
      } else if (closing) {
        closeStorage();
        return;
      } else if (idleDue) {
        sync();
        return;
      } else {
        return;
      }
    }
  }

  private void closeStorage() {
    if (!closed) {
      closed = true;
      storage.close();
      whenClosed.run();
    }
  }

  private void writeGroup() {
    busy = true;
    long started = environment.nanoTime();
    Write first = waiting.remove();
    if (first.ballot() != null) {
      storage.saveBallot(first.ballot(), failure -> completed(first.number(), started, failure));
      return;
    }
    List<EntryBatch> group = new ArrayList<>();
    long bytes = 0;
    long number = first.number();
    for (EntryBatch next = first.entries(); next != null; next = nextOfGroup(bytes)) {
      bytes += next.byteLength();
      group.add(next);
      if (group.size() > 1) {
        number = waiting.remove().number();
      }
    }
    long last = number;
    metrics.add("bowline.log.written.bytes", bytes);
    storage.append(group, commitIndex, failure -> completed(last, started, failure));
  }

  private @Nullable EntryBatch nextOfGroup(long bytes) {
    Write next = waiting.peek();
    EntryBatch entries = next == null ? null : next.entries();
    return entries != null && bytes + entries.byteLength() <= MAX_GROUP_BYTES ? entries : null;
  }

  /** On this stage: within the call that wrote, or in a task of its own. */
  private void completed(long number, long started, @Nullable IOException failure) {
    lastNumber = number;
    if (failure == null) {
      long now = environment.nanoTime();
      metrics.time("bowline.log.fsync.seconds", now - started);
      wroteSinceIdle = true;
      setIdleTimer(now);
      listener.durable(number);
    } else {
      poisoned = true;
      listener.writeFailed(number, failure);
    }
    busy = false;
    wake();
  }

  private void setIdleTimer(long now) {
    if (!idleTimerSet && idleNanos > 0) {
      idleTimerSet = true;
      environment.schedule(
          now + idleNanos,
          () -> {
            idleDue = true;
            wake();
          });
    }
  }

  /** D-c: the small block that proves the last one durable, when nothing was written meanwhile. */
  private void sync() {
    idleDue = false;
    idleTimerSet = false;
    if (!wroteSinceIdle || poisoned) {
      return;
    }
    wroteSinceIdle = false;
    busy = true;
    storage.idle(
        failure -> {
          if (failure != null) {
            poisoned = true;
            listener.writeFailed(lastNumber, failure);
          }
          busy = false;
          wake();
        });
  }
}
