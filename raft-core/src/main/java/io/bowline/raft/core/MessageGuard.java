package io.bowline.raft.core;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.Peer;
import org.jspecify.annotations.Nullable;

/**
 * What others say is input: a message that would break an invariant here, or burn terms, is refused
 * before the term rule. Nothing of it is stored or acknowledged, and its streams end with a warning
 * that names both sides (STORAGE P4).
 */
final class MessageGuard {
  /** No group holds so many elections while one of its members is away. */
  static final long MAX_TERM_STEP = 1L << 32;

  private final CoreState state;

  MessageGuard(CoreState state) {
    this.state = state;
  }

  /** Whether nothing of that message counts. */
  boolean refuses(Message message, Peer sender) {
    String problem = problem(message, sender);
    if (problem == null) {
      return false;
    }
    state.reset(sender, problem);
    return true;
  }

  private @Nullable String problem(Message message, Peer sender) {
    if (sender.equals(state.selfPeer())) {
      return "it speaks in this node's own name, " + sender;
    }
    if (message.term() < 0 || message.term() - state.term() > MAX_TERM_STEP) {
      return "it speaks for term " + message.term() + ", and this node is in " + state.term();
    }
    if (message.term() < state.term() || !RaftCore.speaksAsLeader(message)) {
      return null;
    }
    Peer leader = state.leader();
    if (message.term() == state.term() && leader != null && !leader.equals(sender)) {
      return sender + " and " + leader + " both lead term " + state.term();
    }
    return message instanceof Message.AppendEntries append && !append.entries().isEmpty()
        ? entriesProblem(append, sender)
        : null;
  }

  private @Nullable String entriesProblem(Message.AppendEntries append, Peer sender) {
    EntryBatch entries = append.entries();
    EntryId prev = append.prev();
    if (!isWellFormed(append)) {
      return "its entries " + entries + " do not follow " + prev + " in term " + append.term();
    }
    if (!state.log.holds(prev)) {
      return null; // it is told where the logs part
    }
    long behindLast = state.log.lastIndex() + 1;
    long first =
        entries.firstIndex() == behindLast ? behindLast : state.log.firstNew(entries.termRuns());
    if (first > entries.lastIndex()) {
      return null; // all of it is here
    }
    if (first <= state.commitIndex()) {
      String problem =
          sender
              + ", leader of term "
              + append.term()
              + ", has "
              + new EntryId(first, entries.termAt(first))
              + " where "
              + state.log.idAt(first)
              + " is committed here";
      state.unhealthy(problem, append.term());
      return problem;
    }
    long time = entries.timeAt(first);
    long timeBefore = state.log.timeAt(first - 1);
    return time < timeBefore || entries.lastTime() > Message.MAX_NUMBER
        ? "the time of its entry " + first + " is " + time + " ns, before it was " + timeBefore
        : null;
  }

  private static boolean isWellFormed(Message.AppendEntries append) {
    EntryBatch entries = append.entries();
    return entries.firstIndex() == append.prev().index() + 1
        && entries.firstIndex() > 0
        && entries.lastIndex() <= Message.MAX_NUMBER
        && entries.termAt(entries.firstIndex()) >= append.prev().term()
        && entries.termAt(entries.lastIndex()) <= append.term();
  }
}
