package io.bowline.raft.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What no message can say, whatever the state of who hears it: numbers that would wrap, runs that
 * are none, entries that do not fit their message.
 */
final class MessageCheck {
  private MessageCheck() {}

  static @Nullable String problem(Message message) {
    if (!EntryCheck.isNumber(message.term())) {
      return "there is no term " + message.term();
    }
    if (message instanceof Message.PreVote ask) {
      return ofLast(ask.last(), ask.term());
    } else if (message instanceof Message.RequestVote ask) {
      return ofLast(ask.last(), ask.term());
    } else if (message instanceof Message.AppendEntries append) {
      return ofAppend(append);
    } else if (message instanceof Message.AppendReply reply) {
      return ofReply(reply);
    } else if (message instanceof Message.Heartbeat beat) {
      return ofSession(beat.session(), beat.round(), beat.commit(), beat.leaseNanos());
    } else if (message instanceof Message.HeartbeatReply reply) {
      return ofSession(reply.session(), reply.round());
    }
    return null; // votes say yes or no
  }

  private static @Nullable String ofLast(EntryId last, long term) {
    return last.term() > term ? "its log ends in a later term than its own: " + last : id(last);
  }

  private static @Nullable String ofAppend(Message.AppendEntries append) {
    EntryBatch entries = append.entries();
    EntryId prev = append.prev();
    String problem = ofSession(append.session(), append.commit());
    if (problem != null || id(prev) != null || prev.term() > append.term()) {
      return problem == null ? "no entry before is " + prev : problem;
    }
    if (entries.isEmpty()) {
      return null;
    }
    boolean fits =
        entries.firstIndex() == prev.index() + 1
            && entries.firstIndex() <= Message.MAX_NUMBER - entries.count()
            && entries.termAt(entries.firstIndex()) >= prev.term()
            && entries.termAt(entries.lastIndex()) <= append.term();
    return fits ? null : entries + " does not follow " + prev + " in term " + append.term();
  }

  private static @Nullable String ofReply(Message.AppendReply reply) {
    String problem = ofSession(reply.session(), reply.matchIndex(), reply.lastIndex());
    if (problem == null && reply.matched() && reply.matchIndex() > reply.lastIndex()) {
      problem = "it matches to " + reply.matchIndex() + ", its log ends at " + reply.lastIndex();
    }
    return problem == null ? ofRuns(reply.runs()) : problem;
  }

  /** Newest first, each directly above the next. */
  private static @Nullable String ofRuns(List<TermRun> runs) {
    if (runs.size() > Message.MAX_RUNS) {
      return runs.size() + " term runs, at most " + Message.MAX_RUNS + " are told";
    }
    TermRun above = null;
    for (TermRun run : runs) {
      boolean isRun =
          run.first() > 0
              && run.first() <= run.last()
              && EntryCheck.isNumber(run.last())
              && run.term() > 0
              && EntryCheck.isNumber(run.term());
      if (!isRun
          || (above != null && (run.last() != above.first() - 1 || run.term() >= above.term()))) {
        return "its term runs are none at " + run;
      }
      above = run;
    }
    return null;
  }

  private static @Nullable String id(EntryId id) {
    boolean isPlace =
        EntryCheck.isNumber(id.index())
            && EntryCheck.isNumber(id.term())
            && (id.index() == 0) == (id.term() == 0);
    return isPlace ? null : "there is no entry " + id;
  }

  /** A session that nobody reaches would make a follower deaf to all that come. */
  private static @Nullable String ofSession(int session, long... numbers) {
    return session < 0 || session > Message.MAX_SESSION
        ? "no leader comes to session " + session + " in its term"
        : numbers(numbers);
  }

  private static @Nullable String numbers(long... numbers) {
    for (long number : numbers) {
      if (!EntryCheck.isNumber(number)) {
        return "the number " + number + " cannot be";
      }
    }
    return null;
  }
}
