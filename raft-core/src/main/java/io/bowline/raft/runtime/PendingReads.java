package io.bowline.raft.runtime;

import io.bowline.raft.model.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads from their ticket to their answer, for the raft stage alone: it also ends those whose
 * deadline passes while a round or the apply stage keeps them waiting.
 */
final class PendingReads {
  private final Map<Long, List<? extends Query>> unconfirmed = new LinkedHashMap<>();
  private final List<List<? extends Query>> confirmed = new ArrayList<>();

  void add(long ticket, List<? extends Query> queries) {
    unconfirmed.put(ticket, queries);
  }

  /** The ticket's round is confirmed; they still wait for apply. */
  List<? extends Query> confirm(long ticket) {
    List<? extends Query> queries = unconfirmed.remove(ticket);
    if (queries == null) {
      return List.of();
    }
    confirmed.removeIf(PendingReads::allEnded);
    confirmed.add(queries);
    return queries;
  }

  void refuse(long ticket, Refusal refusal, Outcomes outcomes) {
    List<? extends Query> queries = unconfirmed.remove(ticket);
    if (queries != null) {
      refuse(queries, refusal, outcomes);
    }
  }

  private static void refuse(List<? extends Query> queries, Refusal refusal, Outcomes outcomes) {
    for (Query query : queries) {
      outcomes.refused(query, refusal);
      outcomes.settled(query);
    }
  }

  /** Ends what is past its deadline; the next deadline, or Long.MAX_VALUE. */
  long expire(long nowNanos, long lastApplied, Outcomes outcomes) {
    String unheard = "no quorum confirmed the read in time";
    String unapplied =
        "it was confirmed, but the state machine was not ready for it in time: it has applied "
            + lastApplied;
    long next = Long.MAX_VALUE;
    for (List<? extends Query> queries : unconfirmed.values()) {
      next = Math.min(next, expire(queries, nowNanos, unheard, outcomes));
    }
    unconfirmed.values().removeIf(queries -> isOver(queries, outcomes));
    for (List<? extends Query> queries : confirmed) {
      next = Math.min(next, expire(queries, nowNanos, unapplied, outcomes));
    }
    confirmed.removeIf(PendingReads::allEnded); // the apply stage settles them
    return next;
  }

  private static boolean isOver(List<? extends Query> queries, Outcomes outcomes) {
    boolean over = allEnded(queries);
    if (over) {
      queries.forEach(outcomes::settled);
    }
    return over;
  }

  private static long expire(
      List<? extends Query> queries, long nowNanos, String why, Outcomes outcomes) {
    long next = Long.MAX_VALUE;
    for (Query query : queries) {
      if (query.isEnded()) {
        continue;
      }
      if (query.deadlineNanos - nowNanos <= 0) {
        outcomes.refused(query, new Refusal.TimedOut(why));
      } else {
        next = Math.min(next, query.deadlineNanos);
      }
    }
    return next;
  }

  private static boolean allEnded(List<? extends Query> queries) {
    return queries.stream().allMatch(Query::isEnded);
  }

  void refuseAll(Refusal refusal, Outcomes outcomes) {
    unconfirmed.values().forEach(queries -> refuse(queries, refusal, outcomes));
    confirmed.forEach(queries -> refuse(queries, refusal, outcomes));
    unconfirmed.clear();
    confirmed.clear();
  }
}
