package io.bowline.raft.core;

import io.bowline.raft.model.Refusal;
import java.util.ArrayDeque;

/** Reads that wait for a heartbeat round which began after they came (thesis §6.4). */
final class ReadQueue {
  private record Waiting(long ticket, int count, long round, long index) {}

  private final CoreState state;
  private final ArrayDeque<Waiting> asked = new ArrayDeque<>();
  private final ArrayDeque<Input.Read> unasked = new ArrayDeque<>();
  private int count;

  ReadQueue(CoreState state) {
    this.state = state;
  }

  void add(Input.Read read) {
    int allowed = state.config.maxWaitingReads();
    if (count + read.count() > allowed) {
      state.refuse(read.ticket(), new Refusal.Overloaded("maxWaitingReads", allowed, count));
      return;
    }
    count += read.count();
    unasked.add(read);
  }

  /** Whether somebody waits and no round is under way that would serve the next ones, too. */
  boolean wantsRound() {
    return asked.isEmpty() && !unasked.isEmpty();
  }

  /** That round begins now, and what is committed now is what all who wait must see. */
  void roundBegins(long round) {
    for (Input.Read read = unasked.poll(); read != null; read = unasked.poll()) {
      asked.add(new Waiting(read.ticket(), read.count(), round, state.commitIndex()));
    }
  }

  /** A quorum has answered that round or a later one. */
  void confirmed(long round) {
    for (Waiting next = asked.peek(); next != null && next.round() <= round; next = asked.peek()) {
      asked.remove();
      count -= next.count();
      state.readsReady(next.ticket(), next.index());
    }
  }

  void refuseAll() {
    asked.forEach(read -> state.refuse(read.ticket(), new Refusal.NotLeader()));
    unasked.forEach(read -> state.refuse(read.ticket(), new Refusal.NotLeader()));
    asked.clear();
    unasked.clear();
  }
}
