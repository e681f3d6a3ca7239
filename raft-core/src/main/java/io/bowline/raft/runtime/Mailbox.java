package io.bowline.raft.runtime;

import io.bowline.raft.core.Input;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Frame;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.storage.StorageException;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
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
  record Received(Message message, Incarnation sender) implements Item {
    /** Bytes of its entries; a message without has a few. */
    long entryBytes() {
      return message instanceof Message.AppendEntries append ? append.entries().byteLength() : 0;
    }
  }

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
  private final AtomicInteger messages = new AtomicInteger();
  private final AtomicLong messageBytes = new AtomicLong();
  private final RuntimeConfig config;
  private final Admission admission;
  private final LongSupplier bytesBeforeDisk;

  /**
   * A mailbox of one node.
   *
   * @param bytesBeforeDisk entries that have left the mailbox and are not durable
   */
  Mailbox(RuntimeConfig config, Admission admission, LongSupplier bytesBeforeDisk) {
    this.config = config;
    this.admission = admission;
    this.bytesBeforeDisk = bytesBeforeDisk;
  }

  /** Takes proposals, or says which bound is reached. */
  @Nullable Refusal offer(Proposals waiting) {
    int count = waiting.proposals().size();
    Refusal refusal = tooMany(count);
    if (refusal == null) {
      refusal = admission.proposals(count, waiting.bytes() + (long) count * Frame.HEADER_BYTES);
    }
    if (refusal == null) {
      callerItems.addAndGet(count);
      items.add(waiting);
    }
    return refusal;
  }

  /** Takes queries, or says which bound is reached. */
  @Nullable Refusal offer(Queries waiting) {
    int count = waiting.queries().size();
    Refusal refusal = tooMany(count);
    if (refusal == null) {
      long bytes = 0;
      for (Query query : waiting.queries()) {
        bytes += query.heldBytes();
      }
      refusal = admission.reads(count, bytes);
    }
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
    long bytes = received.entryBytes();
    if (bytes > 0) { // a heartbeat passes whatever waits: who is slow still follows
      long waiting = messageBytes.addAndGet(bytes) - bytes + bytesBeforeDisk.getAsLong();
      if (waiting > 0 && waiting + bytes > config.maxReceivedBytes()) {
        messageBytes.addAndGet(-bytes);
        return false;
      }
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
    } else if (item instanceof Queries queries) {
      callerItems.addAndGet(-queries.queries().size());
    } else if (item instanceof Received received) {
      messages.decrementAndGet();
      messageBytes.addAndGet(-received.entryBytes());
    }
    return item;
  }

  boolean isEmpty() {
    return items.isEmpty();
  }
}
