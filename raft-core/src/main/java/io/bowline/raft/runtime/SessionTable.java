package io.bowline.raft.runtime;

import io.bowline.raft.model.GroupSettings;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.SessionHeader;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a group and the replies they may still ask for (thesis §6.3). Replicated state:
 * called for entries as they are applied, in the order of the log and with their replicated time,
 * and by nothing else; so it is the same on every replica at every index.
 *
 * <p>A sequence is applied at most once as long as its session lives: what was answered is kept
 * until the client says, by {@code lowestWanted}, that it will not ask again, and what lies below
 * that is never applied any more. A client may be {@code maxRepliesPerSession} ahead of the lowest
 * it wants; beyond that a command is not applied, so that the replies are bounded and none has to
 * be forgotten early.
 *
 * <p>The order of last use is the log's: the replicated time never falls along it, and sessions
 * used at the same time are told apart by who was used first.
 */
final class SessionTable {
  /** What the table says of a command before it is applied. */
  sealed interface Verdict {
    /** It was applied at {@code index} and answered so: not to be applied again. */
    record Duplicate(long index, Payload reply) implements Verdict {}

    /** The verdicts that carry nothing. */
    enum Plain implements Verdict {
      /** Not applied so far: apply it, then {@link SessionTable#record} its reply. */
      FRESH,
      /** The session is not known (any more); whether it was applied cannot be told here. */
      EXPIRED,
      /** Below what its client still wants, which gave it up: never to be applied. */
      FORGOTTEN,
      /** Too far above the lowest its client wants: not applied now, it may come again. */
      BEYOND_WINDOW
    }
  }

  /** In the order of last use, oldest first. */
  private final Map<Long, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);

  /** The one used last; it needs no look-up and no move. */
  private @Nullable Session newest;

  /** No session was used last before this time. */
  private long oldestUse;

  private GroupSettings settings;
  private long hash;

  SessionTable(GroupSettings settings) {
    this.settings = settings;
  }

  /** Takes the bounds of a membership that is applied; what is over them goes at once. */
  void settings(GroupSettings changed) {
    settings = changed;
    evict();
  }

  /** Opens the session of the entry at {@code index}; over the bound the oldest one goes. */
  void open(long index, long timeNanos) {
    expire(timeNanos);
    Session opened = new Session(index, timeNanos);
    sessions.put(index, opened);
    newest = opened;
    hash += opened.mark();
    evict();
  }

  /** Ends a session; says whether it lived. */
  boolean close(long session, long timeNanos) {
    expire(timeNanos);
    Session closed = sessions.remove(session);
    if (closed == null) {
      return false;
    }
    removed(closed);
    return true;
  }

  /** Judges a command, which counts as a use of its session whatever the verdict. */
  Verdict lookup(SessionHeader header, long timeNanos) {
    expire(timeNanos);
    Session session = use(header.session(), timeNanos);
    if (session == null) {
      return Verdict.Plain.EXPIRED;
    }
    if (header.lowestWanted() > session.lowestWanted) {
      hash -= session.mark();
      hash -= session.discardBelow(header.lowestWanted());
      hash += session.mark();
    }
    if (header.sequence() < session.lowestWanted) {
      return Verdict.Plain.FORGOTTEN;
    }
    Verdict.Duplicate answered = session.get(header.sequence());
    if (answered != null) {
      return answered;
    }
    return header.sequence() - session.lowestWanted < settings.maxRepliesPerSession()
        ? Verdict.Plain.FRESH
        : Verdict.Plain.BEYOND_WINDOW;
  }

  /** Keeps the reply to a command that was fresh; before the next look-up. */
  void record(SessionHeader header, long index, Payload reply) {
    Session session = newest;
    if (session == null || session.id != header.session()) {
      throw new IllegalStateException("no look-up came before the record of " + header);
    }
    Verdict.Duplicate answered = new Verdict.Duplicate(index, reply);
    session.put(header.sequence(), answered);
    hash += session.mark(header.sequence(), answered);
  }

  /** How far a client may be ahead of the lowest it wants. */
  int maxReplies() {
    return settings.maxRepliesPerSession();
  }

  /** How many sessions live. */
  int size() {
    return sessions.size();
  }

  /** Two tables that hold the same have the same; kept up to date, so it costs nothing to ask. */
  long hash() {
    return hash;
  }

  private @Nullable Session use(long id, long timeNanos) {
    Session session = newest;
    if (session == null || session.id != id) {
      session = sessions.get(id); // and moves it to the end
      if (session == null) {
        return null;
      }
      newest = session;
    }
    if (session.lastUsed != timeNanos) {
      hash -= session.mark();
      session.lastUsed = timeNanos;
      hash += session.mark();
    }
    return session;
  }

  private void expire(long timeNanos) {
    if (timeNanos - oldestUse < settings.sessionLifetimeNanos()) {
      return;
    }
    Iterator<Session> oldestFirst = sessions.values().iterator();
    while (oldestFirst.hasNext()) {
      Session oldest = oldestFirst.next();
      if (timeNanos - oldest.lastUsed < settings.sessionLifetimeNanos()) {
        oldestUse = oldest.lastUsed;
        return;
      }
      oldestFirst.remove();
      removed(oldest);
    }
    oldestUse = timeNanos;
  }

  private void evict() {
    Iterator<Session> oldestFirst = sessions.values().iterator();
    while (sessions.size() > settings.maxSessions()) {
      Session oldest = oldestFirst.next();
      oldestFirst.remove();
      removed(oldest);
    }
  }

  private void removed(Session session) {
    if (newest == session) {
      newest = null;
    }
    hash -= session.mark() + session.discardBelow(Long.MAX_VALUE);
  }

  /** One session: its answered sequences stand in a ring, slot {@code sequence mod length}. */
  private static final class Session {
    private static final int SMALLEST_RING = 8;

    final long id;
    long lastUsed;
    long lowestWanted = 1;

    /** Every sequence above is unanswered. */
    private long highest;

    private Verdict.@Nullable Duplicate[] ring = new Verdict.@Nullable Duplicate[SMALLEST_RING];

    Session(long id, long openedAt) {
      this.id = id;
      this.lastUsed = openedAt;
    }

    Verdict.@Nullable Duplicate get(long sequence) {
      return sequence > highest ? null : ring[slot(sequence)];
    }

    void put(long sequence, Verdict.Duplicate answered) {
      while (sequence - lowestWanted >= ring.length) {
        grow();
      }
      ring[slot(sequence)] = answered;
      highest = Math.max(highest, sequence);
    }

    /** Drops what is not wanted any more; returns the sum of its marks. */
    long discardBelow(long wanted) {
      long marks = 0;
      for (long sequence = lowestWanted; sequence < wanted && sequence <= highest; sequence++) {
        Verdict.Duplicate answered = ring[slot(sequence)];
        if (answered != null) {
          marks += mark(sequence, answered);
          ring[slot(sequence)] = null;
        }
      }
      lowestWanted = wanted;
      return marks;
    }

    private void grow() {
      Verdict.@Nullable Duplicate[] old = ring;
      ring = new Verdict.@Nullable Duplicate[old.length * 2];
      for (long sequence = lowestWanted; sequence <= highest; sequence++) {
        ring[slot(sequence)] = old[(int) (sequence & (old.length - 1))];
      }
    }

    private int slot(long sequence) {
      return (int) (sequence & (ring.length - 1));
    }

    long mark() {
      return mix(mix(mix(id) + lastUsed) + lowestWanted);
    }

    long mark(long sequence, Verdict.Duplicate answered) {
      return mix(mix(mix(id) + sequence) + mix(answered.index()) + answered.reply().hashCode());
    }

    /** The finalizer of SplitMix64. */
    private static long mix(long value) {
      long z = value + 0x9E3779B97F4A7C15L;
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      return z ^ (z >>> 31);
    }
  }
}
