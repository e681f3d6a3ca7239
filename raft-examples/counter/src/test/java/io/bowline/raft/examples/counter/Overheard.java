package io.bowline.raft.examples.counter;

import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.Peer;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.GroupWord;
import io.bowline.raft.transport.TransportHandler;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * What a node hears from its peers: when heartbeats came, and what it cannot read if told so.
 * Beside it a clock tells for how long the machine let this process stand still.
 */
final class Overheard {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final AtomicLong streams = new AtomicLong();
  private final AtomicLong damaged = new AtomicLong();
  private long[] gaps = new long[64]; // guarded by this, as the three below
  private int count;
  private long lastNanos = System.nanoTime();
  private long stallNanos;
  private volatile boolean damages;

  Overheard() {
    Thread clock = new Thread(this::watchTheClock, "clock");
    clock.setDaemon(true);
    clock.start();
  }

  private void watchTheClock() {
    while (true) {
      long begin = System.nanoTime();
      LockSupport.parkNanos(TICK_NANOS);
      stalled(System.nanoTime() - begin - TICK_NANOS);
    }
  }

  private synchronized void stalled(long nanos) {
    stallNanos = Math.max(stallNanos, nanos);
  }

  /** Every entry that comes from now on is taken for damaged, or none. */
  void damage(boolean on) {
    damages = on;
  }

  /** Begins to measure anew. */
  synchronized void clear() {
    count = 0;
    stallNanos = 0;
    lastNanos = System.nanoTime();
  }

  private synchronized void beat() {
    long now = System.nanoTime();
    if (count == gaps.length) {
      gaps = Arrays.copyOf(gaps, 2 * count);
    }
    gaps[count++] = now - lastNanos;
    lastNanos = now;
  }

  /** Since the beginning: heartbeats, the longest time without one, and the longest standstill. */
  synchronized String report() {
    long[] sorted = Arrays.copyOf(gaps, count + 1);
    sorted[count] = System.nanoTime() - lastNanos;
    Arrays.sort(sorted);
    return " beats="
        + count
        + " gap="
        + sorted[count] / 1_000_000
        + " stall="
        + stallNanos / 1_000_000
        + " streams="
        + streams
        + " damaged="
        + damaged;
  }

  /** Hears what that one is told. */
  TransportHandler before(TransportHandler handler) {
    return new TransportHandler() {
      @Override
      public void opened(GroupLink link) {
        handler.opened(link);
      }

      @Override
      public void said(GroupLink link, GroupWord word) {
        if (word instanceof GroupWord.Hello) {
          streams.incrementAndGet();
        }
        handler.said(link, word);
      }

      @Override
      public void refused(GroupLink link, String reason) {
        handler.refused(link, reason);
      }

      @Override
      public void closed(GroupLink link) {
        handler.closed(link);
      }

      @Override
      public void received(GroupId group, Peer from, Message message) {
        if (message instanceof Message.Heartbeat) {
          beat();
        } else if (damages && message instanceof Message.AppendEntries) {
          damaged.incrementAndGet();
          throw new IllegalStateException("a damaged frame");
        }
        handler.received(group, from, message);
      }

      @Override
      public void requests(List<ClientRequest> batch, ReplySink replies) {
        handler.requests(batch, replies);
      }
    };
  }
}
