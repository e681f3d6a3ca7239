package io.bowline.raft.runtime;

import io.bowline.raft.model.Refusal;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one node has taken on: proposals until they are applied here and told, reads until they are
 * answered. Over a bound the next call is refused, and told which bound; the first that ends makes
 * room. Safe from any thread; one update a batch.
 */
final class Admission {
  private final RuntimeConfig config;
  private final LongSupplier clock;
  private final ApplyPace pace;
  private final AtomicInteger proposals = new AtomicInteger();
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private long measuredBytes;

  Admission(RuntimeConfig config, LongSupplier clock) {
    this.config = config;
    this.clock = clock;
    this.pace = new ApplyPace(config.callTimeoutNanos() / 2);
  }

  /** How fast apply is: its stage keeps it, admission asks it. */
  ApplyPace pace() {
    return pace;
  }

  /** Takes so many proposals, or says why not. */
  @Nullable Refusal proposals(int count, long held) {
    Refusal refusal = taken(proposals, count, "maxPendingProposals", config.maxPendingProposals());
    if (refusal != null) {
      return refusal;
    }
    refusal = taken(count, held);
    if (refusal == null) {
      refusal = pace.refusal(proposals.get(), 0, clock.getAsLong());
      if (refusal == null) {
        return null;
      }
      bytes.addAndGet(-held);
    }
    proposals.addAndGet(-count);
    return refusal;
  }

  /** Takes so many reads, or says why not. */
  @Nullable Refusal reads(int count, long held) {
    Refusal refusal = taken(reads, count, "maxWaitingReads", config.maxWaitingReads());
    if (refusal != null) {
      return refusal;
    }
    refusal = taken(count, held);
    if (refusal == null) {
      refusal = pace.refusal(0, reads.get(), clock.getAsLong());
      if (refusal == null) {
        return null;
      }
      bytes.addAndGet(-held);
    }
    reads.addAndGet(-count);
    return refusal;
  }

  private static @Nullable Refusal taken(AtomicInteger of, int count, String limit, int allowed) {
    int now = of.addAndGet(count);
    if (now <= allowed) {
      return null;
    }
    of.addAndGet(-count);
    return new Refusal.Overloaded(limit, allowed, now - count);
  }

  /** One call alone is always taken: its size has a bound of its own. */
  private @Nullable Refusal taken(int count, long held) {
    long now = bytes.addAndGet(held);
    if (now <= config.maxUncommittedBytes() || (count == 1 && now == held)) {
      return null;
    }
    bytes.addAndGet(-held);
    return new Refusal.Overloaded("maxUncommittedBytes", config.maxUncommittedBytes(), now - held);
  }

  /** These are over. */
  void giveBack(int proposalCount, int readCount, long held) {
    if (proposalCount != 0) {
      proposals.addAndGet(-proposalCount);
    }
    if (readCount != 0) {
      reads.addAndGet(-readCount);
    }
    bytes.addAndGet(-held);
  }

  /** One call is over. */
  void giveBack(Call call) {
    boolean isProposal = call instanceof Proposal;
    giveBack(isProposal ? 1 : 0, isProposal ? 0 : 1, call.heldBytes());
  }

  /** Tells what is held, if that has changed; one thread, once a turn. */
  void measure(NodeMetrics metrics) {
    long now = bytes.get();
    if (now != measuredBytes) {
      measuredBytes = now;
      metrics.set("bowline.waiting.proposals", proposals.get());
      metrics.set("bowline.waiting.reads", reads.get());
      metrics.set("bowline.waiting.bytes", now);
    }
  }

  int pendingProposals() {
    return proposals.get();
  }

  int pendingReads() {
    return reads.get();
  }

  long pendingBytes() {
    return bytes.get();
  }
}
