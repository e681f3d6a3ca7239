package io.bowline.raft.runtime;

import io.bowline.raft.model.GroupSettings;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a group and the replies they may still ask for (thesis §6.3). Replicated state:
 * called for entries as they are applied, in the order of the log and with their replicated time,
 * and by nothing else; so it is the same on every replica at every index.
 *
 * <p>A sequence is applied at most once as long as its session lives: what was answered is kept
 * until the client says, by {@code lowestWanted}, that it will not ask again, and what lies below
 * that is never applied any more. A client may be {@code maxRepliesPerSession} ahead of the lowest
 * it wants, and one session keeps at most a sixteenth of {@code maxReplyBytes} before its next
 * command: beyond that a command is not applied, so that the replies are bounded and none has to be
 * forgotten early. Only if all sessions together keep more than {@code maxReplyBytes} the one that
 * keeps most goes.
 *
 * <p>A session is named by its index and by what its opener has drawn. Whoever has the second wrong
 * names none, and moves nothing.
 *
 * <p>The order of last use is the log's: the replicated time never falls along it, and sessions
 * used at the same time are told apart by who was used first. What counts of a reply is its length
 * as it is kept, which is the same on every replica as long as its codec gives the same bytes.
 */
final class SessionTable {
  /** What the table says of a command before it is applied. */
  sealed interface Verdict {
    /** It was applied at {@code index} and answered so: not to be applied again. */
    record Duplicate(long index, Payload reply) implements Verdict {}

    /** Its session keeps too many bytes of replies: not applied now, it may come again. */
    record OverBytes(long allowed, long kept) implements Verdict {}

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

  /** One session keeps at most this part of all bytes of replies. */
  private static final int SHARE = 16;

  /** A session that was used so lately makes way for no new one. */
  private static final long LATELY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Map<Long, KeptSession> sessions = new LinkedHashMap<>();

  /** In the order of last use, in a ring: behind it stands the oldest, before it the newest. */
  private final KeptSession ends = new KeptSession(0, new SessionKey(0, 0), 0);

  private final ReplyBytes bytes = new ReplyBytes(sessions.values());

  /** The one used last; it needs no look-up and no move. */
  private @Nullable KeptSession newest;

  /** No session was used last before this time. */
  private long oldestUse;

  /** How often another session than the one before was used. */
  private long uses;

  private GroupSettings settings;
  private long hash;

  SessionTable(GroupSettings settings) {
    this.settings = settings;
  }

  /** Takes the bounds of a membership that is applied; what is over them goes at once. */
  void settings(GroupSettings changed) {
    settings = changed;
    evict();
    evictLargestBut(null);
  }

  /**
   * Opens the session of the entry at {@code index}. Over the bound the oldest one goes, unless it
   * was used lately: then none is opened, and the answer says why, so that a flood of sessions ends
   * none that works.
   */
  Refusal.@Nullable Overloaded open(long index, SessionKey key, long timeNanos) {
    expire(timeNanos);
    int most = settings.maxSessions();
    if (sessions.size() >= most && timeNanos - ends.next.lastUsed < LATELY_NANOS) {
      return new Refusal.Overloaded("maxSessions", most, sessions.size());
    }
    KeptSession opened = new KeptSession(index, key, timeNanos);
    opened.used = ++uses;
    opened.putBefore(ends);
    sessions.put(index, opened);
    newest = opened;
    hash += opened.mark();
    bytes.changed(opened, settings.maxReplyBytes());
    evict();
    return null;
  }

  /** Ends a session; says whether it lived. */
  boolean close(SessionHeader header, long timeNanos) {
    expire(timeNanos);
    KeptSession closed = sessions.get(header.session());
    if (closed == null || !closed.key.equals(header.key())) {
      return false;
    }
    remove(closed);
    return true;
  }

  /** Judges a command, which counts as a use of its session whatever the verdict. */
  Verdict lookup(SessionHeader header, long timeNanos) {
    expire(timeNanos);
    KeptSession session = use(header, timeNanos);
    if (session == null) {
      return Verdict.Plain.EXPIRED;
    }
    if (header.lowestWanted() > session.lowestWanted) {
      discard(session, header.lowestWanted());
    }
    if (header.sequence() < session.lowestWanted) {
      return Verdict.Plain.FORGOTTEN;
    }
    Verdict.Duplicate answered = session.get(header.sequence());
    if (answered != null) {
      return answered;
    }
    if (header.sequence() - session.lowestWanted >= settings.maxRepliesPerSession()) {
      return Verdict.Plain.BEYOND_WINDOW;
    }
    long share = settings.maxReplyBytes() / SHARE;
    return session.bytes < share
        ? Verdict.Plain.FRESH
        : new Verdict.OverBytes(share, session.bytes);
  }

  /** Keeps the reply to a command that was fresh; before the next look-up. */
  void record(SessionHeader header, long index, Payload reply) {
    KeptSession session = newest;
    if (session == null || session.id != header.session()) {
      throw new IllegalStateException("no look-up came before the record of " + header);
    }
    Verdict.Duplicate answered = new Verdict.Duplicate(index, reply);
    bytes.changing(session);
    session.put(header.sequence(), answered);
    bytes.changed(session, settings.maxReplyBytes());
    hash += session.mark(header.sequence(), answered);
    evictLargestBut(session);
  }

  /** How far a client may be ahead of the lowest it wants. */
  int maxReplies() {
    return settings.maxRepliesPerSession();
  }

  /** How many sessions live. */
  int size() {
    return sessions.size();
  }

  /** How many bytes their replies have. */
  long replyBytes() {
    return bytes.total();
  }

  /** Two tables that hold the same have the same; kept up to date, so it costs nothing to ask. */
  long hash() {
    return hash;
  }

  private @Nullable KeptSession use(SessionHeader header, long timeNanos) {
    KeptSession session = newest;
    if (session == null || session.id != header.session()) {
      session = sessions.get(header.session());
    }
    if (session == null || !session.key.equals(header.key())) {
      return null; // a stranger's guess is no use of it
    }
    if (session != newest) {
      bytes.changing(session);
      session.used = ++uses;
      bytes.changed(session, settings.maxReplyBytes());
      session.unlink();
      session.putBefore(ends);
      newest = session;
    }
    if (session.lastUsed != timeNanos) {
      hash -= session.mark();
      session.lastUsed = timeNanos;
      hash += session.mark();
    }
    return session;
  }

  private void discard(KeptSession session, long wanted) {
    bytes.changing(session);
    hash -= session.mark();
    hash -= session.discardBelow(wanted);
    hash += session.mark();
    bytes.changed(session, settings.maxReplyBytes());
  }

  private void expire(long timeNanos) {
    if (timeNanos - oldestUse < settings.sessionLifetimeNanos()) {
      return;
    }
    KeptSession oldest = ends.next;
    while (oldest != ends && timeNanos - oldest.lastUsed >= settings.sessionLifetimeNanos()) {
      remove(oldest);
      oldest = ends.next;
    }
    oldestUse = oldest == ends ? timeNanos : oldest.lastUsed;
  }

  private void evict() {
    while (sessions.size() > settings.maxSessions()) {
      remove(ends.next);
    }
  }

  private void evictLargestBut(@Nullable KeptSession inUse) {
    while (bytes.total() > settings.maxReplyBytes()) {
      KeptSession largest = bytes.largestBut(inUse);
      if (largest == null) {
        return;
      }
      remove(largest);
    }
  }

  private void remove(KeptSession session) {
    sessions.remove(session.id);
    session.unlink();
    bytes.changing(session);
    if (newest == session) {
      newest = null;
    }
    hash -= session.mark() + session.discardBelow(Long.MAX_VALUE);
  }
}
