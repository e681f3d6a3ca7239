package io.bowline.raft.grpc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one stream, bounded in bytes. Whoever offers first while the stream is ready
 * drains for all: gRPC's calls are serialised by the {@code draining} flag, no lock is held while
 * they run, and what came meanwhile leaves as one message.
 *
 * @param <T> what is sent
 */
final class Outbox<T> {
  /**
   * gRPC's threshold for our streams: they are ready when nothing at all waits in its buffer. What
   * comes while one message is on its way to the socket thus leaves as the next one; measured, with
   * 64 requests outstanding that came one by one: 3 to 4 times as many as by the default of 32 KiB.
   */
  static final int READY_BYTES = 1;

  /** Where it leaves; called by one thread at a time. */
  interface Exit<T> {
    /** Whether a message would leave soon and not wait in gRPC's own unbounded buffer. */
    boolean isReady();

    /** Sends these as one message. */
    void transmit(List<T> batch);

    /**
     * What waits could not be sent, whatever was thrown: the box is closed, the stream must end.
     */
    void failed(Throwable why);

    /** There is room again after an offer that was refused. */
    default void room() {}
  }

  private final long limitBytes;
  private final long batchBytes;
  private final ToLongFunction<? super T> byteLength;
  private final Exit<T> exit;
  private final ArrayDeque<T> queue = new ArrayDeque<>();
  private long queuedBytes;
  private boolean refused;
  private boolean draining;
  private boolean held;
  private boolean closed;
  private @Nullable Runnable ending;

  /**
   * An empty one.
   *
   * @param limitBytes what is offered beyond it is refused, but for the first in an empty queue
   * @param batchBytes messages that wait are joined as long as they do not exceed it
   * @param byteLength what one takes, at most; gives the same answer each time
   */
  Outbox(long limitBytes, long batchBytes, ToLongFunction<? super T> byteLength, Exit<T> exit) {
    this.limitBytes = limitBytes;
    this.batchBytes = batchBytes;
    this.byteLength = byteLength;
    this.exit = exit;
  }

  /** Queues, and sends what can be sent; false, if it is closed or full. */
  boolean offer(T item) {
    return offerAll(List.of(item));
  }

  /** Queues all of them or none, and sends what can be sent; false, if it is closed or full. */
  boolean offerAll(List<? extends T> items) {
    long bytes = byteLength(items);
    synchronized (queue) {
      if (closed || ending != null) {
        return false;
      }
      if (!queue.isEmpty() && queuedBytes + bytes > limitBytes) {
        refused = true;
        return false;
      }
      queue.addAll(items);
      queuedBytes += bytes;
    }
    drain();
    return true;
  }

  /** Queues whatever the limit says: for what is bounded elsewhere. */
  void add(List<? extends T> items) {
    long bytes = byteLength(items);
    synchronized (queue) {
      if (closed || ending != null) {
        return;
      }
      queue.addAll(items);
      queuedBytes += bytes;
    }
    drain();
  }

  private long byteLength(List<? extends T> items) {
    long bytes = 0;
    for (T item : items) {
      bytes += byteLength.applyAsLong(item);
    }
    return bytes;
  }

  /**
   * Takes nothing more, and runs this when all that waits was sent; false, if it is closed already.
   */
  boolean finish(Runnable lastAct) {
    synchronized (queue) {
      if (closed) {
        return false;
      }
      if (ending == null) {
        ending = lastAct;
      }
    }
    drain();
    return true;
  }

  /** Drops what waits, takes nothing more, and runs this when nobody is sending; false likewise. */
  boolean abandon(Runnable lastAct) {
    drop();
    return finish(lastAct);
  }

  /** Drops what waits; what is offered from now on is sent. */
  void drop() {
    synchronized (queue) {
      queue.clear();
      queuedBytes = 0;
    }
  }

  /** Drops what waits, takes nothing more. */
  void close() {
    synchronized (queue) {
      closed = true;
      drop();
    }
  }

  /**
   * Lets everything wait until {@link #release}: what one callback causes leaves as one message.
   */
  void hold() {
    synchronized (queue) {
      held = true;
    }
  }

  /** Ends {@link #hold}. */
  void release() {
    synchronized (queue) {
      held = false;
    }
    drain();
  }

  /** Bytes that wait. */
  long queuedBytes() {
    synchronized (queue) {
      return queuedBytes;
    }
  }

  /** Sends as long as the stream is ready; called when it has become so. */
  void drain() {
    synchronized (queue) {
      if (draining) {
        return; // who drains looks again before it stops
      }
      draining = true;
    }
    boolean room = true;
    try {
      while (room) {
        room = sendSome();
      }
    } catch (RuntimeException | Error e) {
      stop(); // or the mark would stay, and the box would take and never send
      exit.failed(e);
    }
  }

  private void stop() {
    close();
    synchronized (queue) {
      draining = false;
    }
  }

  private boolean sendSome() {
    List<T> batch;
    Runnable last = null;
    boolean tell = false;
    synchronized (queue) {
      boolean mayEnd = queue.isEmpty() && ending != null;
      if (closed || held || !(mayEnd || (!queue.isEmpty() && exit.isReady()))) {
        draining = false;
        return false;
      }
      batch = take();
      if (mayEnd) {
        last = ending;
        closed = true;
      }
      if (refused && queuedBytes <= limitBytes / 2) {
        refused = false;
        tell = true;
      }
    }
    if (last != null) {
      last.run();
    } else {
      transmit(batch);
    }
    if (tell) {
      exit.room();
    }
    return true;
  }

  private void transmit(List<T> batch) {
    try {
      exit.transmit(batch);
    } catch (IllegalStateException cancelled) {
      close(); // by another thread, meanwhile; whoever listens to the stream hears of it
    }
  }

  private List<T> take() {
    List<T> batch = new ArrayList<>(queue.size());
    long bytes = 0;
    T next = queue.peek();
    while (next != null) {
      long more = byteLength.applyAsLong(next);
      if (!batch.isEmpty() && bytes + more > batchBytes) {
        break;
      }
      batch.add(next);
      bytes += more;
      queue.poll();
      next = queue.peek();
    }
    queuedBytes -= bytes;
    return batch;
  }
}
