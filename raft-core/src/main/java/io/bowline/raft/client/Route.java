package io.bowline.raft.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whom a client talks to: one link at a time, to the node believed to lead, and the links it left
 * that still owe answers. Decides when to turn to whom; what was sent is the conversation's.
 */
final class Route {
  /** So many redirects in a row for each known address, then each costs a pause. */
  private static final int FREE_REDIRECTS = 2;

  private final ClientLimits limits;
  private final ClientTransport transport;
  private final ClientLoop loop;
  private final ClientCounters counters;
  private final LeaderCache leaders;
  private final RetryPolicy retries;
  private final List<Link> lingering = new ArrayList<>();
  private @Nullable Link current;
  private long now;
  private long pauseUntilNanos;
  private int redirectsInARow;

  Route(
      ClientLimits limits,
      ClientTransport transport,
      ClientLoop loop,
      RandomGenerator random,
      ClientCounters counters,
      long nowNanos) {
    this.limits = limits;
    this.transport = transport;
    this.loop = loop;
    this.counters = counters;
    this.leaders = new LeaderCache(limits.addresses(), random.nextInt(limits.addresses().size()));
    this.retries = new RetryPolicy(random, limits.backOffNanos(), limits.maxBackOffNanos());
    this.now = nowNanos;
    this.pauseUntilNanos = nowNanos;
  }

  void begin(long nowNanos) {
    now = nowNanos;
  }

  @Nullable Link current() {
    return current;
  }

  /** The link to send over, or null until there is one; begins to connect if there is none. */
  @Nullable Link writable() {
    if (pauseUntilNanos - now > 0) {
      return null;
    }
    Link link = current;
    if (link == null) {
      connect();
      return null;
    }
    return link.writable ? link : null;
  }

  private void connect() {
    Link link = new Link(leaders.target(), loop, now);
    link.probing = !leaders.isHinted();
    current = link;
    counters.connects.incrementAndGet();
    try {
      link.connect(transport);
    } catch (RuntimeException refused) { // an address that is none, from a hint perhaps
      link.closed("cannot connect: " + refused);
    }
  }

  void opened(Link link) {
    if (!link.closed) {
      link.open = true;
      link.writable = true;
    }
  }

  void writable(Link link) {
    link.writable = link.open && !link.closed;
  }

  /** An answer that only a leader gives. */
  void succeeded(Link link) {
    link.probing = false;
    if (link == current) {
      redirectsInARow = 0;
      retries.succeeded();
      leaders.confirmed(link.address);
      counters.leads(link.address);
    }
  }

  /** Stays with this link, but lets it rest. */
  void pause() {
    pauseUntilNanos = now + retries.backOffNanos();
  }

  /** Follows a hint at once if it can be believed; otherwise the next address has its turn. */
  void redirect(Link from, @Nullable String hint) {
    if (from.address.equals(hint)) {
      pause(); // it leads, but is not ready yet
      return;
    }
    leave(from);
    if (!leaders.follow(hint, now)) {
      leaders.rotate(now);
      pause();
      return;
    }
    counters.redirects.incrementAndGet();
    if (++redirectsInARow > FREE_REDIRECTS * limits.addresses().size()) {
      pause(); // they point at each other
    }
  }

  /** The connection is gone; says whether it was the current one. */
  boolean lost(Link link) {
    link.open = false;
    link.writable = false;
    link.closed = true;
    if (link != current) {
      lingering.remove(link);
      return false;
    }
    turnAway(link, limits.maxBackOffNanos());
    return true;
  }

  /** The current link, if it owed answers, or was to open, for too long without a word. */
  @Nullable Link silent() {
    Link link = current;
    return link != null
            && link.isWaiting()
            && now - link.silentSinceNanos >= limits.attemptTimeoutNanos()
        ? link
        : null;
  }

  /** Gives a silent link up: hints to it come from nodes that have not noticed yet. */
  void giveUp(Link link) {
    leave(link);
    turnAway(link, limits.attemptTimeoutNanos());
  }

  /** Leaves a node that will not serve this client for now. */
  void shun(Link link) {
    if (link == current) {
      leave(link);
      turnAway(link, limits.attemptTimeoutNanos());
    }
  }

  /** Every address that is known. */
  Collection<String> addresses() {
    return leaders.addresses();
  }

  private void turnAway(Link link, long suspicionNanos) {
    current = null;
    leaders.suspect(link.address, now + suspicionNanos);
    leaders.rotate(now);
    pause();
  }

  private void leave(Link link) {
    current = null;
    if (link.inFlight.isEmpty()) {
      link.close();
    } else {
      link.lingerUntilNanos = now + limits.attemptTimeoutNanos();
      lingering.add(link);
    }
  }

  /** Closes the links that owe nothing any more, or owe it for too long. */
  void dropLingering() {
    Iterator<Link> links = lingering.iterator();
    while (links.hasNext()) {
      Link link = links.next();
      if (link.inFlight.isEmpty() || link.lingerUntilNanos - now <= 0) {
        links.remove();
        link.close();
      }
    }
  }

  void closeAll() {
    Link link = current;
    if (link != null) {
      leave(link);
    }
    lingering.forEach(Link::close);
    lingering.clear();
  }

  /** Closes all but the current link, which may linger for one last answer. */
  void closeAllButCurrent() {
    lingering.forEach(Link::close);
    lingering.clear();
    Link link = current;
    if (link != null) {
      leave(link);
    }
  }

  /** No link is left. */
  boolean isOver() {
    return current == null && lingering.isEmpty();
  }

  /** Until something is due here; {@code working}: there are calls without an outcome. */
  long untilNextNanos(boolean working) {
    long wait = Long.MAX_VALUE;
    for (Link link : lingering) {
      wait = Math.min(wait, link.lingerUntilNanos - now);
    }
    if (!working) {
      return wait;
    }
    if (pauseUntilNanos - now > 0) {
      wait = Math.min(wait, pauseUntilNanos - now);
    }
    Link link = current;
    if (link != null && link.isWaiting()) {
      wait = Math.min(wait, link.silentSinceNanos + limits.attemptTimeoutNanos() - now);
      Call oldest = link.inFlight.get(link.inFlight.lowest());
      if (oldest != null) {
        wait = Math.min(wait, oldest.repeatAtNanos(limits.attemptTimeoutNanos()) - now);
      }
    }
    return wait;
  }
}
