package io.bowline.raft.runtime;

import io.bowline.raft.core.Input;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.storage.StorageException;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What waits for the raft stage; bounded for callers and peers, not for our own stages. */
final class Mailbox {
  /** Something that waits. */
  sealed interface Item {}

  /** Proposals of one caller. */
  record Proposals(List<? extends Proposal> proposals, long bytes) implements Item {}

  /** Queries of one caller. */
  record Queries(List<? extends Query> queries) implements Item {}

  /** A peer's message. */
  record Received(Message message, Incarnation sender) implements Item {}

  /** An input as it is, from one of our own stages. */
  record Of(Input input) implements Item {}

  /** Entries that had to be read from the file for a slow peer, or why that failed. */
  record ReadBack(
      io.bowline.raft.core.Effect.SendEntries ask,
      @Nullable EntryBatch entries,
      @Nullable StorageException failure)
      implements Item {}

  /** Something to do on the raft stage. */
  record Task(Runnable task) implements Item {}

  private final ConcurrentLinkedQueue<Item> items = new ConcurrentLinkedQueue<>();
  private final AtomicInteger callerItems = new AtomicInteger();
  private final AtomicLong callerBytes = new AtomicLong();
  private final AtomicInteger messages = new AtomicInteger();
  private final RuntimeConfig config;

  Mailbox(RuntimeConfig config) {
    this.config = config;
  }

  /** Takes proposals, or says which bound is reached. */
  @Nullable Refusal offer(Proposals waiting) {
    int count = waiting.proposals().size();
    Refusal refusal = tooMany(count);
    if (refusal != null) {
      return refusal;
    }
    long bytes = callerBytes.get();
    if (bytes > 0 && bytes + waiting.bytes() > config.maxMailboxBytes()) {
      return new Refusal.Overloaded("maxMailboxBytes", config.maxMailboxBytes(), bytes);
    }
    callerItems.addAndGet(count);
    callerBytes.addAndGet(waiting.bytes());
    items.add(waiting);
    return null;
  }

  /** Takes queries, or says which bound is reached. */
  @Nullable Refusal offer(Queries waiting) {
    int count = waiting.queries().size();
    Refusal refusal = tooMany(count);
    if (refusal == null) {
      callerItems.addAndGet(count);
      items.add(waiting);
    }
    return refusal;
  }

  private @Nullable Refusal tooMany(int count) {
    int now = callerItems.get();
    return now + count > config.maxMailboxItems() && now > 0
        ? new Refusal.Overloaded("maxMailboxItems", config.maxMailboxItems(), now)
        : null;
  }

  /** Takes a peer's message, or drops it: Raft bears the loss, memory would not bear the flood. */
  boolean offer(Received received) {
    if (messages.get() >= config.maxMailboxMessages()) {
      return false;
    }
    messages.incrementAndGet();
    items.add(received);
    return true;
  }

  /** Takes what our own stages say; they are bounded by what they were given to do. */
  void put(Item item) {
    items.add(item);
  }

  @Nullable Item poll() {
    Item item = items.poll();
    if (item instanceof Proposals proposals) {
      callerItems.addAndGet(-proposals.proposals().size());
      callerBytes.addAndGet(-proposals.bytes());
    } else if (item instanceof Queries queries) {
      callerItems.addAndGet(-queries.queries().size());
    } else if (item instanceof Received) {
      messages.decrementAndGet();
    }
    return item;
  }

  boolean isEmpty() {
    return items.isEmpty();
  }
}
