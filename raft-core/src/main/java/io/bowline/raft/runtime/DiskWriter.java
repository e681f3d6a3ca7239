package io.bowline.raft.runtime;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.RaftStorage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The log stage: whatever waits is written together, with one fsync, and reported as one. Writes
 * are issued in the order of their numbers, one group at a time, so a ballot is durable before any
 * entry behind it is even issued (STORAGE O1, O2). A turn is one group: other nodes' writers have
 * theirs between two.
 */
final class DiskWriter extends Actor {
  private static final long MAX_GROUP_BYTES = 8 << 20;
  private static final long SEEK_ROOM_NANOS = 200_000_000L;

  /** What the raft stage is told. */
  interface Listener {
    void durable(long write);

    void writeFailed(long write, IOException cause);

    void room(boolean available);

    /** The stage threw, or the storage threw what is no I/O error: nothing is written any more. */
    void logCrashed(Throwable cause);
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

  // Confined to the log stage; what others look at is volatile.
  private final ArrayDeque<Write> waiting = new ArrayDeque<>();
  private volatile boolean busy;
  private volatile long call; // the newest: a completion of an older one says nothing
  private boolean poisoned;
  private volatile boolean hurried; // the storage knows that nothing waits for room any more
  private volatile boolean closed;
  private boolean wroteSinceIdle;
  private long lastNumber;
  private volatile boolean idleDue;
  private @Nullable Runnable cancelIdle;
  private volatile boolean seekDue;
  private volatile boolean lacksRoom;
  private volatile Runnable cancelSeek = () -> {};

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
    if (closing) {
      return;
    }
    cancelSeek =
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

  /** Whether a write is on its way to the disk; from any thread. */
  boolean isWriting() {
    return busy;
  }

  /** The number of the newest call of the storage; from any thread. */
  long issued() {
    return call;
  }

  /** Closes the storage when what waits is written, and says so. */
  void close(Runnable whenClosed) {
    this.whenClosed = whenClosed;
    closing = true;
    wake();
  }

  @Override
  boolean hasWork() {
    if (closed) {
      return false; // whatever is set late: a closed node is still
    }
    return seekDue
        || (closing && !hurried)
        || (!busy && (!incoming.isEmpty() || idleDue || closing));
  }

  @Override
  void turn() {
    if (seekDue && !closing) {
      seekDue = false;
      storage.seekRoom();
      if (lacksRoom) {
        seekRoomLater(); // the storage tells of changes only
      }
    }
    seekDue = false;
    if (closing && !hurried) {
      hurried = true;
      storage.waitNoLonger();
    }
    if (!busy && !closed) {
      next();
    }
  }

  private void next() {
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
    } else if (idleDue) {
      sync();
    }
  }

  private void closeStorage() {
    closed = true;
    Runnable idle = cancelIdle;
    if (idle != null) {
      idle.run();
    }
    cancelSeek.run();
    try {
      storage.close();
    } finally {
      whenClosed.run();
    }
  }

  private void writeGroup() {
    Write first = waiting.remove();
    Ballot ballot = first.ballot();
    if (ballot != null) {
      issue(first.number(), done -> storage.saveBallot(ballot, done));
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
    metrics.add("bowline.log.written.bytes", bytes);
    issue(number, done -> storage.append(group, commitIndex, done));
  }

  private @Nullable EntryBatch nextOfGroup(long bytes) {
    Write next = waiting.peek();
    EntryBatch entries = next == null ? null : next.entries();
    return entries != null && bytes + entries.byteLength() <= MAX_GROUP_BYTES ? entries : null;
  }

  /** The storage answers once, by completing or by throwing: nothing is left under way by half. */
  private void issue(long number, Consumer<Completion> write) {
    long issued = begin();
    long started = environment.nanoTime();
    write.accept(
        failure -> {
          if (issued == call) {
            completed(number, started, failure);
          }
        });
  }

  private long begin() {
    busy = true;
    return nextCall();
  }

  private long nextCall() {
    long next = call + 1; // written by this stage alone
    call = next;
    return next;
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
    rest();
  }

  private void rest() {
    busy = false;
    wake();
  }

  /** What was issued is over, whether its completion still comes or not. */
  @Override
  void failed(Throwable cause) {
    nextCall();
    busy = false;
    poisoned = true;
    listener.logCrashed(cause);
  }

  private void setIdleTimer(long now) {
    if (cancelIdle == null && idleNanos > 0 && !closing) {
      cancelIdle =
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
    cancelIdle = null;
    if (!wroteSinceIdle || poisoned) {
      return;
    }
    wroteSinceIdle = false;
    long issued = begin();
    storage.idle(
        failure -> {
          if (issued != call) {
            return;
          }
          if (failure != null) {
            poisoned = true;
            listener.writeFailed(lastNumber, failure);
          }
          rest();
        });
  }
}
