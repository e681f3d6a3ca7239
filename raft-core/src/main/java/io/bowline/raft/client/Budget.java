package io.bowline.raft.client;

import io.bowline.raft.model.Refusal;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What may be under way at once; safe from any thread. */
final class Budget {
  private final int maxRequests;
  private final long maxBytes;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  Budget(int maxRequests, long maxBytes) {
    this.maxRequests = maxRequests;
    this.maxBytes = maxBytes;
  }

  /** Takes room for one request; the answer is null, or why there is none. */
  @Nullable Refusal take(int length) {
    int count = requests.incrementAndGet();
    if (count > maxRequests) {
      requests.decrementAndGet();
      return new Refusal.Overloaded("maxInFlight", maxRequests, count - 1L);
    }
    long sum = bytes.addAndGet(length);
    if (sum > maxBytes && sum > length) { // one alone always has room
      bytes.addAndGet(-length);
      requests.decrementAndGet();
      return new Refusal.Overloaded("maxInFlightBytes", maxBytes, sum - length);
    }
    return null;
  }

  void give(int length) {
    bytes.addAndGet(-length);
    requests.decrementAndGet();
  }

  int requests() {
    return requests.get();
  }
}
