package io.bowline.raft.grpc;

import io.bowline.raft.logging.GuardedLog;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Warns of the same thing once, then at most once a minute with a count. */
final class RepeatedWarnings {
  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int MAX_KINDS = 1_000;

  private static final class Seen {
    private long loggedNanos;
    private long suppressed;
  }

  private final GuardedLog log;
  private final LongSupplier nanoTime;
  private final Map<String, Seen> seen =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
          return size() > MAX_KINDS;
        }
      };

  RepeatedWarnings(GuardedLog log, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
  }

  /** Says what happened with whom and why, unless it was said within the last minute. */
  void warn(String event, Object peer, String reason) {
    long suppressed = toReport(event + '\n' + peer + '\n' + reason);
    if (suppressed < 0) {
      return;
    }
    log.warn(null, event, "peer", peer, "reason", reason, "repeated", suppressed);
  }

  private synchronized long toReport(String key) {
    long now = nanoTime.getAsLong();
    Seen before = seen.get(key);
    if (before == null) {
      Seen first = new Seen();
      first.loggedNanos = now;
      seen.put(key, first);
      return 0;
    }
    if (now - before.loggedNanos < PAUSE_NANOS) {
      before.suppressed++;
      return -1;
    }
    long suppressed = before.suppressed;
    before.loggedNanos = now;
    before.suppressed = 0;
    return suppressed + 1;
  }
}
