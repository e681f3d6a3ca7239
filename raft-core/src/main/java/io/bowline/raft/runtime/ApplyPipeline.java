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

    void applyFailed(long index, Throwable cause);
  }

  /** Reads that wait for an index. */
  record ReadyReads(Iterable<? extends Query> queries, long index) {}

  private final TailCache tail;
  private final RaftStorage storage;
  private final Applier applier;
  private final SessionTable sessions;
  private final PendingProposals pending;
  private final long maxApplyBytes;
  private final NodeMetrics metrics;
  private final Executor callbacks;
  private final Listener listener;
  private final ConcurrentLinkedQueue<ReadyReads> incomingReads = new ConcurrentLinkedQueue<>();

  private volatile long target;
  private boolean waits; // the raft stage's: to be woken with its next turn
  private volatile long lastApplied;
  private volatile boolean stopped;

  // Confined to the apply stage.
  private final ArrayDeque<ReadyReads> reads = new ArrayDeque<>();
  private final Outcomes outcomes = new Outcomes();

  ApplyPipeline(
      NodeEnvironment environment,
      TailCache tail,
      RaftStorage storage,
      Applier applier,
      SessionTable sessions,
      PendingProposals pending,
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
    return !stopped && (lastApplied < target || !incomingReads.isEmpty());
  }

  @Override
  void turn() {
    if (stopped) {
      return;
    }
    for (ReadyReads next = incomingReads.poll(); next != null; next = incomingReads.poll()) {
      reads.add(next);
    }
    long goal = target;
    if (lastApplied < goal) {
      EntryBatch batch = fetch(lastApplied + 1, goal);
      if (batch == null) {
        return;
      }
      apply(batch);
    }
    answerReads();
    outcomes.deliver(callbacks);
  }

  private @Nullable EntryBatch fetch(long first, long last) {
    EntryBatch batch = tail.cut(first, last, maxApplyBytes);
    if (batch != null) {
      return batch;
    }
    try {
      EntryBatch read = storage.read(first, maxApplyBytes);
      if (read.isEmpty()) {
        throw new StorageException("the log ends before the committed entry " + first);
      }
      return read.lastIndex() > last ? read.range(first, last) : read;
    } catch (StorageException e) {
      stop();
      listener.applyFailed(first, e);
      return null;
    }
  }

  private void apply(EntryBatch batch) {
    @Nullable Proposal @Nullable [] owners = pending.claim(batch, outcomes);
    ApplyCursor cursor = new ApplyCursor(batch, owners, sessions, applier, outcomes);
    try {
      applier.apply(cursor);
      cursor.requireExhausted();
    } catch (Exception | Error e) {
      // Every replica meets this at the same index; to skip the entry would part them for ever.
      stop();
      abandon(owners);
      listener.applyFailed(cursor.failedAt(), e);
      return;
    }
    lastApplied = batch.lastIndex();
    tail.applied(lastApplied);
    metrics.add("bowline.apply.commands.total", cursor.commands());
    metrics.set("bowline.sessions.open", sessions.size());
    metrics.set("bowline.sessions.hash", sessions.hash() >>> 12); // 52 bits, which a double holds
    metrics.set("bowline.log.cache.bytes", tail.bytes());
    metrics.set("bowline.apply.index", lastApplied); // behind what belongs to it
    listener.applied(lastApplied, batch.lastTime());
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

  private void answerReads() {
    Iterator<ReadyReads> waiting = reads.iterator();
    while (waiting.hasNext()) {
      ReadyReads ready = waiting.next();
      if (ready.index() <= lastApplied) {
        waiting.remove();
        for (Query query : ready.queries()) {
          outcomes.answer(query, lastApplied);
        }
      }
    }
  }

  @Override
  void failed(Throwable cause) {
    stop();
    listener.applyFailed(lastApplied + 1, cause);
  }
}
