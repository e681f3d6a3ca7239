package io.bowline.raft.testkit;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Message;
import org.jspecify.annotations.Nullable;

/**
 * What was handed to the transport is not touched any more: entries are hashed when they are sent
 * and again when as many others were, for a transport may write them that late. In one run of
 * sixteen.
 */
final class SentBuffers implements SimulatedNetwork.Observer {
  static final int HELD = 64;

  private final Simulation simulation;
  private final @Nullable EntryBatch[] held = new EntryBatch[HELD];
  private final long[] hashes = new long[HELD];
  private int next;

  SentBuffers(Simulation simulation) {
    this.simulation = simulation;
  }

  /** Whether this run has one. */
  static boolean isOnIn(Simulation simulation) {
    return simulation.random("sent buffers").nextInt(16) == 0;
  }

  @Override
  public void sent(int from, int to, Message message) {
    if (!(message instanceof Message.AppendEntries append) || append.entries().isEmpty()) {
      return;
    }
    check(next);
    held[next] = append.entries();
    hashes[next] = hash(append.entries());
    next = (next + 1) % HELD;
  }

  private void check(int at) {
    EntryBatch before = held[at];
    if (before != null && hash(before) != hashes[at]) {
      throw simulation.failure("BUFFERS_STAY", before + " was changed after it was sent");
    }
  }

  private long hash(EntryBatch batch) {
    long hash = 1;
    for (int i = 0; i < batch.sliceCount(); i++) {
      hash = hash * 31 + simulation.checksum(batch.slice(i));
    }
    return hash;
  }
}
