package io.bowline.raft.grpc;

import io.bowline.raft.logging.GuardedLog;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One of this host's two connections to a peer: dials, and dials again after a pause that grows. A
 * new channel for each attempt looks the name up anew and knows no back-off of its own. Where the
 * peer does not answer under one of its addresses, the next attempt goes to the next one.
 */
final class PeerLink {
  private static final GuardedLog log = GuardedLog.of(PeerLink.class);

  /** What has lived so long may be dialled at once when it ends; what dies young may not. */
  private static final long LIVED_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final PeerContext context;
  private final NodeId peer;
  private final ConnectionKind kind;
  private final Backoff backoff = new Backoff();
  private volatile Set<GroupId> groups = Set.of();
  private volatile @Nullable PeerSession session;

  /** All that follows is guarded by this. */
  private List<String> addresses;

  private int at;
  private String toldAddress = "";
  private long dialledNanos;
  private @Nullable Long openedNanos;
  private @Nullable Long nudgedNanos;
  private int pauses;
  private boolean pausing;
  private boolean lost;
  private boolean closed;

  /**
   * Not dialled yet.
   *
   * @param addresses at least one; the first is where the peer should be
   */
  PeerLink(PeerContext context, NodeId peer, List<String> addresses, ConnectionKind kind) {
    this.context = context;
    this.peer = peer;
    this.addresses = addresses;
    this.kind = kind;
  }

  NodeId peer() {
    return peer;
  }

  Set<GroupId> groups() {
    return groups;
  }

  /** Which groups the peer is a member of. */
  void groups(Set<GroupId> wanted) {
    groups = wanted;
    refresh();
  }

  /** The groups of the host or of the peer are others now: says hello and takes leave. */
  void refresh() {
    PeerSession current = session;
    if (current != null) {
      current.refresh();
    }
  }

  /** Other addresses; what stands where the peer is not any more is given up. */
  void addresses(List<String> now) {
    PeerSession misled;
    synchronized (this) {
      if (addresses.equals(now)) {
        return;
      }
      PeerSession current = session;
      int known = current == null ? -1 : now.indexOf(current.address());
      misled = known < 0 ? current : null;
      addresses = now;
      at = Math.max(known, 0);
    }
    backoff.reset();
    if (misled != null) {
      misled.abort("another address");
    } else {
      dialNow();
    }
  }

  /** Dials, if it is time; whatever is thrown there is one failed attempt. */
  void dial() {
    PeerSession next = null;
    try {
      synchronized (this) {
        if (closed || session != null) {
          return;
        }
        pausing = false;
        openedNanos = null;
        dialledNanos = System.nanoTime();
        next = new PeerSession(context, this, kind, addresses.get(at));
        session = next;
      }
      next.dial();
    } catch (RuntimeException | Error e) {
      context.warnings.warn("a peer cannot be dialled", peer, Bounds.text(e.toString()));
      if (next == null) {
        dialAgain();
      } else {
        try {
          next.abort("it could not be dialled");
        } finally {
          ended(next);
        }
      }
    }
  }

  /**
   * The peer is there, for it has dialled us: no need to wait out a pause. Not more often than the
   * longest pause is: two that lose each other at once would keep each other dialling.
   */
  void nudge() {
    synchronized (this) {
      long now = System.nanoTime();
      if (!pausing || (nudgedNanos != null && now - nudgedNanos < Backoff.LONGEST_NANOS)) {
        return;
      }
      nudgedNanos = now;
    }
    dialNow();
  }

  private void dialNow() {
    context.after(0, this::dial); // not here: to make a channel takes its time
  }

  /** The peer said hello. */
  void opened(PeerSession by) {
    boolean back;
    String stored;
    boolean elsewhere;
    synchronized (this) {
      openedNanos = System.nanoTime();
      back = lost;
      lost = false;
      stored = addresses.get(0);
      elsewhere =
          !by.address().equals(stored)
              && !by.address().equals(toldAddress)
              && kind == ConnectionKind.CONTROL;
      toldAddress = by.address();
    }
    if (elsewhere) {
      context.warnings.warn(
          "a peer is not at its stored address",
          peer,
          peer
              + " answers at "
              + by.address()
              + ", its stored address is "
              + stored
              + ": change it in the membership");
    } else if (back && kind == ConnectionKind.CONTROL) {
      log.info("peer is back", "peer", peer, "address", by.address());
    }
  }

  /** A session has ended; another one follows. */
  void ended(PeerSession over) {
    synchronized (this) {
      if (session != over) {
        return;
      }
      session = null;
      lost = true;
      if (openedNanos != null && System.nanoTime() - openedNanos >= LIVED_NANOS) {
        backoff.reset();
      }
    }
    dialAgain();
  }

  /** An attempt into the void has taken its time already: the pause counts from its beginning. */
  private void dialAgain() {
    long pauseNanos;
    int pause;
    synchronized (this) {
      if (closed) {
        return;
      }
      if (openedNanos == null) {
        at = (at + 1) % addresses.size();
      }
      pausing = true;
      pause = ++pauses;
      pauseNanos =
          Math.max(
              backoff.nextNanos() - (System.nanoTime() - dialledNanos), Backoff.SHORTEST_NANOS);
    }
    context.after(pauseNanos, () -> dialAfter(pause));
  }

  /** Unless somebody else has cut that pause short. */
  private void dialAfter(int pause) {
    synchronized (this) {
      if (pause != pauses) {
        return;
      }
    }
    dial();
  }

  void close() {
    PeerSession current;
    synchronized (this) {
      closed = true;
      current = session;
    }
    if (current != null) {
      current.abort("closed");
    }
  }
}
