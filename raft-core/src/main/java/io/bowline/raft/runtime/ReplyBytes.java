package io.bowline.raft.runtime;

import java.util.Collection;
import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of all replies that the sessions of a group keep, and which session keeps most. The
 * order is made when more than the bound is kept, maintained from then on, O(log n) for each
 * change, and dropped below half of the bound: so making it is paid for by the bytes in between,
 * and it costs nothing while they are far from the bound. What it says depends on the sessions
 * alone and not on when it was made.
 */
final class ReplyBytes {
  /** Most bytes first; of equals the one that was used least recently. */
  private static final Comparator<KeptSession> LARGEST_FIRST =
      Comparator.<KeptSession>comparingLong(session -> -session.bytes)
          .thenComparingLong(session -> session.used);

  private final Collection<KeptSession> sessions;
  private @Nullable TreeSet<KeptSession> order;
  private long total;

  /** Of these sessions, which come and go. */
  ReplyBytes(Collection<KeptSession> sessions) {
    this.sessions = sessions;
  }

  long total() {
    return total;
  }

  /** Before anything that the order looks at changes, and before a session goes. */
  void changing(KeptSession session) {
    total -= session.bytes;
    if (order != null) {
      order.remove(session);
    }
  }

  /** After the change, and when a session came. */
  void changed(KeptSession session, long allowed) {
    total += session.bytes;
    if (order != null) {
      order.add(session);
      if (total < allowed / 2) {
        order = null;
      }
    }
  }

  /** Who keeps most, but for one that stays; {@code null} if nobody else keeps anything. */
  @Nullable KeptSession largestBut(@Nullable KeptSession stays) {
    TreeSet<KeptSession> largestFirst = order;
    if (largestFirst == null) {
      largestFirst = new TreeSet<>(LARGEST_FIRST);
      largestFirst.addAll(sessions);
      order = largestFirst;
    }
    for (KeptSession session : largestFirst) { // it is the first or the second
      if (session != stays) {
        return session.bytes == 0 ? null : session;
      }
    }
    return null;
  }
}
