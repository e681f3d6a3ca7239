package io.bowline.raft.grpc;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of this host's two connections to a peer: dials, and dials again after a pause that grows. A
 * new channel for each attempt looks the name up anew and knows no back-off of its own.
 */
final class PeerLink {
  private static final Logger log = LoggerFactory.getLogger(PeerLink.class);

  private final PeerContext context;
  private final NodeId peer;
  private final String address;
  private final ConnectionKind kind;
  private final Backoff backoff = new Backoff();
  private volatile Set<GroupId> groups = Set.of();
  private volatile @Nullable PeerSession session;
  private long dialledNanos;
  private boolean pausing;
  private boolean nudged;
  private boolean lost;
  private boolean closed;

  PeerLink(PeerContext context, NodeId peer, String address, ConnectionKind kind) {
    this.context = context;
    this.peer = peer;
    this.address = address;
    this.kind = kind;
  }

  NodeId peer() {
    return peer;
  }

  String address() {
    return address;
  }

  /** Which groups the peer is a member of. */
  void groups(Set<GroupId> wanted) {
    groups = wanted;
    refresh();
  }

  Set<GroupId> groups() {
    return groups;
  }

  /** The groups of the host or of the peer are others now: says hello and takes leave. */
  void refresh() {
    PeerSession current = session;
    if (current != null) {
      current.refresh();
    }
  }

  /** Sends, or drops. */
  boolean send(GroupId group, Message message) {
    PeerSession current = session;
    return current != null && current.sendWithin(group, message);
  }

  void dial() {
    PeerSession next;
    synchronized (this) {
      if (closed || session != null) {
        return;
      }
      pausing = false;
      nudged = false;
      next = new PeerSession(context, this, kind);
      session = next;
      dialledNanos = System.nanoTime();
    }
    next.dial();
  }

  /** The peer is there, for it has dialled us: no need to wait out a pause. */
  void nudge() {
    synchronized (this) {
      nudged = true;
      if (!pausing) {
        return;
      }
    }
    backoff.reset();
    dial();
  }

  /** The peer said hello. */
  void opened() {
    backoff.reset();
    boolean back;
    synchronized (this) {
      back = lost;
      lost = false;
    }
    if (back && kind == ConnectionKind.CONTROL) {
      log.atInfo().addKeyValue("peer", peer).addKeyValue("address", address).log("peer is back");
    }
  }

  /** A session has ended; another one follows. */
  void ended(PeerSession over) {
    long pauseNanos;
    synchronized (this) {
      if (session != over) {
        return;
      }
      session = null;
      lost = true;
      if (closed) {
        return;
      }
      if (nudged) {
        backoff.reset();
      }
      pausing = true;
      // An attempt into the void has taken its time already: the pause counts from its beginning.
      pauseNanos =
          Math.max(
              backoff.nextNanos() - (System.nanoTime() - dialledNanos), Backoff.SHORTEST_NANOS);
    }
    context.after(pauseNanos, this::dial);
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
