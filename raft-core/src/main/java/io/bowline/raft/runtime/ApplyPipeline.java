package io.bowline.raft.runtime;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.StorageException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The apply stage: takes what is committed and durable here, in batches, to the state machine, and
 * answers reads once their index is applied. It pulls: a slow state machine holds no frames but
 * those of its batch.
 */
final class ApplyPipeline extends Actor {
  /** What the raft stage is told, and what ends the node. */
  interface Listener {
    void applied(long index, long timeNanos);

    void applyFailed(String reason, Throwable cause);
  }

  /** Reads that wait for an index; those that are left. */
  static final class ReadyReads {
    private final Iterator<? extends Query> queries;
    private final long index;

    ReadyReads(Iterable<? extends Query> queries, long index) {
      this.queries = queries.iterator();
      this.index = index;
    }

    long index() {
      return index;
    }
  }

  private static final int MOST_READS_OF_A_TURN = 256;
  private static final long MOST_ANSWER_BYTES_OF_A_TURN = 1 << 20;

  private final TailCache tail;
  private final RaftStorage storage;
  private final Applier applier;
  private final SessionTable sessions;
  private final PendingProposals pending;
  private final long maxApplyBytes;
  private final NodeMetrics metrics;
  private final NodeEnvironment world;
  private final ApplyPace pace;
  private final Executor callbacks;
  private final Listener listener;
  private final ConcurrentLinkedQueue<ReadyReads> incomingReads = new ConcurrentLinkedQueue<>();

  private volatile long target;
  private boolean waits; // the raft stage's: to be woken with its next turn
  private volatile long lastApplied;
  private volatile boolean stopped;
  private volatile boolean readsAreLeft;

  // Confined to the apply stage.
  private final ArrayDeque<ReadyReads> reads = new ArrayDeque<>();
  private final Outcomes outcomes;

  ApplyPipeline(
      NodeEnvironment environment,
      TailCache tail,
      RaftStorage storage,
      Applier applier,
      SessionTable sessions,
      PendingProposals pending,
      Admission admission,
      long maxApplyBytes,
      NodeMetrics metrics,
      Listener listener) {
    super(environment.executor(NodeEnvironment.Stage.APPLY));
    this.tail = tail;
    this.storage = storage;
    this.applier = applier;
    this.sessions = sessions;
    this.pending = pending;
    this.maxApplyBytes = maxApplyBytes;
    this.metrics = metrics;
    this.world = environment;
    this.pace = admission.pace();
    this.outcomes = new Outcomes(admission);
    this.callbacks = environment.executor(NodeEnvironment.Stage.CALLBACK);
    this.listener = listener;
  }

  /**
   * Raft stage, each turn: everything up to there is committed and durable here (STORAGE O5).
   * Nobody waits for what a follower applies, but its leader does for what it writes: apply is
   * woken a turn later than the disk, which as a rule is the one that the disk's answer brings.
   * Only news wake it: where each turn did, no simulation could see a wake that got lost.
   *
   * @param diskFirst whether the disk has been woken for a leader that waits; counts once in a row
   */
  void applyTo(long index, boolean diskFirst) {
    boolean due = waits;
    if (index > target) {
      target = index;
      pace.target(index);
      due = true;
    }
    waits = due && diskFirst && !waits;
    if (due && !waits) {
      wake();
    }
  }

  /** Raft stage: these reads may be answered once {@code index} is applied (thesis §6.4). */
  void read(ReadyReads ready) {
    incomingReads.add(ready);
    wake();
  }

  long lastApplied() {
    return lastApplied;
  }

  /** Nothing is applied or read any more. */
  void stop() {
    stopped = true;
  }

  @Override
  boolean hasWork() {
    return !stopped && (lastApplied < target || readsAreLeft || !incomingReads.isEmpty());
  }

  @Override
  void turn() {
    if (stopped) {
      return;
    }
    Foreign.clean("a task that shares the apply stage's thread");
    try {
      work();
    } finally {
      outcomes.deliver(callbacks);
    }
  }

  private void work() {
    for (ReadyReads next = incomingReads.poll(); next != null; next = incomingReads.poll()) {
      reads.add(next);
    }
    long goal = target;
    if (lastApplied < goal) {
      EntryBatch batch = fetch(lastApplied + 1, goal);
      if (batch == null || !apply(batch)) {
        return; // a state machine that threw answers nothing more
      }
    }
    answerReads();
  }

  private @Nullable EntryBatch fetch(long first, long last) {
    long most = Math.min(last, first + Math.min(pace.turnEntries(), last - first + 1) - 1);
    EntryBatch batch = tail.cut(first, most, maxApplyBytes);
    if (batch != null) {
      return batch;
    }
    try {
      return read(first, most);
    } catch (StorageException e) {
      stop();
      listener.applyFailed(
          "the committed entry at index "
              + first
              + " cannot be read: "
              + e.getMessage()
              + "; see docs/operations/damaged-log.md",
          e);
      return null;
    }
  }

  private EntryBatch read(long first, long last) throws StorageException {
    EntryBatch read = storage.read(first, maxApplyBytes);
    if (read.isEmpty()) {
      throw new StorageException("the log ends before the committed entry " + first);
    }
    return read.lastIndex() > last ? read.range(first, last) : read;
  }

  private boolean apply(EntryBatch batch) {
    @Nullable Proposal @Nullable [] owners = pending.claim(batch, outcomes);
    ApplyCursor cursor = new ApplyCursor(batch, owners, sessions, applier, outcomes);
    pace.begins(world.nanoTime());
    try {
      applier.apply(cursor);
      cursor.requireExhausted();
    } catch (Exception | Error e) {
      // Every replica meets this at the same index; to skip the entry would part them for ever.
      stop();
      abandon(owners);
      listener.applyFailed(ApplyFailure.reason(cursor, e), e);
      return false;
    } finally {
      Foreign.clean("the state machine's apply");
    }
    cursor.tell();
    pending.applied(batch.last(), outcomes);
    lastApplied = batch.lastIndex();
    pace.applied(batch.count(), lastApplied, world.nanoTime());
    tail.applied(lastApplied);
    metrics.add("bowline.apply.commands.total", cursor.commands());
    metrics.set("bowline.sessions.open", sessions.size());
    metrics.set("bowline.sessions.hash", sessions.hash() >>> 12); // 52 bits, which a double holds
    metrics.set("bowline.log.cache.bytes", tail.bytes());
    metrics.set("bowline.apply.index", lastApplied); // behind what belongs to it
    listener.applied(lastApplied, batch.lastTime());
    return true;
  }

  private void abandon(@Nullable Proposal @Nullable [] owners) {
    if (owners != null) {
      for (Proposal owner : owners) {
        if (owner != null) {
          outcomes.unknown(owner, "the state machine threw in the batch of this command");
        }
      }
    }
  }

  /** A turn's share of them: each query is foreign code, and nobody knows how long it takes. */
  private void answerReads() {
    readsAreLeft = false;
    long started = world.nanoTime();
    int answered = 0;
    long bytes = 0;
    for (ReadyReads ready = reads.peek(); ready != null; ready = reads.peek()) {
      if (ready.index() <= lastApplied) {
        while (ready.queries.hasNext()) {
          if (answered == MOST_READS_OF_A_TURN
              || bytes > MOST_ANSWER_BYTES_OF_A_TURN
              || (answered > 0 && ApplyPace.isOver(started, world.nanoTime()))) {
            readsAreLeft = true;
            return;
          }
          bytes += answer(ready.queries.next());
          answered++;
        }
        reads.remove();
      } else {
        return;
      }
    }
  }

  private int answer(Query query) {
    pace.begins(world.nanoTime());
    try {
      return outcomes.answer(query, lastApplied);
    } finally {
      Foreign.clean("the state machine's query");
      pace.answered(1, world.nanoTime());
    }
  }

  @Override
  void failed(Throwable cause) {
    stop();
    listener.applyFailed(ApplyFailure.reason(lastApplied, cause), cause);
  }
}
