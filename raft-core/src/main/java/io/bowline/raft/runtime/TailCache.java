package io.bowline.raft.runtime;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The newest frames, in memory, in the batches in which they came. What is not durable yet is never
 * evicted. Of the rest stays what apply or a peer has yet to read, within the bound; and a little
 * more, for a peer that asks twice. What nobody reads is no good here: each collection copies it.
 * Who fell behind the bound is served from the file, and counts again once it is within memory.
 * Safe from any thread: the raft stage appends and cuts, the apply stage reads.
 */
final class TailCache {
  private static final long READ_BYTES = 4 << 20;

  private final long maxDurableBytes;
  private final long maxReadBytes;

  /** The next index of each peer. */
  private final Map<NodeId, Long> peers = new LinkedHashMap<>();

  /** A ring of batches; {@code size} of them from {@code head} on, without a gap in the indexes. */
  private @Nullable EntryBatch[] ring = new EntryBatch[64];

  private int head;
  private int size;
  private long bytes;
  private long durableIndex;
  private long appliedIndex;

  /** Last index and bytes of each batch that is not durable, oldest first. */
  private final ArrayDeque<long[]> undurable = new ArrayDeque<>();

  private long undurableBytes;

  TailCache(long maxDurableBytes) {
    this(maxDurableBytes, Math.min(READ_BYTES, maxDurableBytes));
  }

  TailCache(long maxDurableBytes, long maxReadBytes) {
    this.maxDurableBytes = maxDurableBytes;
    this.maxReadBytes = maxReadBytes;
  }

  /** Appends; what stood at its first index and behind goes (§5.3). */
  synchronized void append(EntryBatch batch) {
    truncateFrom(batch.firstIndex());
    if (size > 0 && get(size - 1).lastIndex() + 1 != batch.firstIndex()) {
      clear();
    }
    if (size == ring.length) {
      grow();
    }
    ring[(head + size) & (ring.length - 1)] = batch;
    size++;
    bytes += batch.byteLength();
    undurable.add(new long[] {batch.lastIndex(), batch.byteLength()});
    undurableBytes += batch.byteLength();
    evict();
  }

  /** Everything up to there may be read from the file. */
  synchronized void durable(long index) {
    durableIndex = index;
    for (long[] next = undurable.peek();
        next != null && next[0] <= index;
        next = undurable.peek()) {
      undurableBytes -= undurable.remove()[1];
    }
    evict();
  }

  /** Apply has read up to there. */
  synchronized void applied(long index) {
    appliedIndex = index;
    evict();
  }

  /** That peer was sent everything up to there. */
  synchronized void sent(NodeId peer, long index) {
    peers.put(peer, index + 1);
  }

  /** Another leads, or nobody: no peer reads here. */
  synchronized void nobodyIsSent() {
    peers.clear();
  }

  private void truncateFrom(long index) {
    durableIndex = Math.min(durableIndex, index - 1);
    for (long[] last = undurable.peekLast();
        last != null && last[0] >= index;
        last = undurable.peekLast()) {
      undurableBytes -= undurable.removeLast()[1];
    }
    while (size > 0 && get(size - 1).lastIndex() >= index) {
      EntryBatch last = get(size - 1);
      bytes -= last.byteLength();
      size--;
      int slot = (head + size) & (ring.length - 1);
      if (last.firstIndex() < index) {
        EntryBatch kept = last.range(last.firstIndex(), index - 1);
        ring[slot] = kept;
        bytes += kept.byteLength();
        size++;
        return;
      }
      ring[slot] = null;
    }
  }

  private void evict() {
    while (size > 1 && bytes > maxReadBytes && get(0).lastIndex() <= durableIndex) {
      if (bytes <= maxDurableBytes && isWanted(get(0))) {
        return;
      }
      bytes -= get(0).byteLength();
      ring[head] = null;
      head = (head + 1) & (ring.length - 1);
      size--;
    }
  }

  /** Whether somebody who reads from memory has not read that batch, the oldest, to its end. */
  private boolean isWanted(EntryBatch oldest) {
    if (wants(appliedIndex + 1, oldest)) {
      return true;
    }
    for (long next : peers.values()) {
      if (wants(next, oldest)) {
        return true;
      }
    }
    return false;
  }

  private static boolean wants(long next, EntryBatch oldest) {
    return next >= oldest.firstIndex() && next <= oldest.lastIndex();
  }

  private void clear() {
    ring = new EntryBatch[64];
    head = 0;
    size = 0;
    bytes = 0;
  }

  private void grow() {
    @Nullable EntryBatch[] larger = new EntryBatch[ring.length * 2];
    for (int i = 0; i < size; i++) {
      larger[i] = get(i);
    }
    ring = larger;
    head = 0;
  }

  private EntryBatch get(int i) {
    EntryBatch batch = ring[(head + i) & (ring.length - 1)];
    if (batch == null) {
      throw new AssertionError("no batch " + i + " of " + size);
    }
    return batch;
  }

  /**
   * Entries {@code first} to at most {@code last} that fit into {@code maxBytes}, but at least one;
   * null if {@code first} is not in memory.
   */
  synchronized @Nullable EntryBatch cut(long first, long last, long maxBytes) {
    if (size == 0 || first < get(0).firstIndex() || first > get(size - 1).lastIndex()) {
      return null;
    }
    List<EntryBatch> parts = new ArrayList<>();
    long left = maxBytes;
    for (int i = find(first); i < size; i++) {
      EntryBatch batch = get(i);
      if (batch.firstIndex() > last) {
        break;
      }
      EntryBatch part =
          batch.range(Math.max(first, batch.firstIndex()), Math.min(last, batch.lastIndex()));
      if (part.byteLength() > left) {
        EntryBatch fitting = part.cut(part.firstIndex(), Math.max(left, 0));
        if (parts.isEmpty() || fitting.byteLength() <= left) {
          parts.add(fitting);
        }
        break;
      }
      parts.add(part);
      left -= part.byteLength();
    }
    return EntryBatch.join(parts);
  }

  private int find(long index) {
    int low = 0;
    int high = size - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (get(middle).lastIndex() < index) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** What waits for the disk, and so stays in memory whatever the bound. */
  synchronized long undurableBytes() {
    return undurableBytes;
  }

  synchronized long bytes() {
    return bytes;
  }
}
