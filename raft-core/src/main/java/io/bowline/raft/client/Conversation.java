package io.bowline.raft.client;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks and makes of the answers: what to send, what to send again, when to give up.
 * Run by one thread at a time, see {@link ClientLoop}.
 *
 * <p>A command's attempt is uncertain from its send to its certain refusal. Without one, the
 * command ends {@code NotCommitted}, with one, {@code Unknown}: silence is never taken for a
 * refusal.
 */
final class Conversation {
  private final ClientLimits limits;
  private final Route route;
  private final Budget budget;
  private final ClientCounters counters;
  private final SendQueue queue;

  /** All commands and queries without an outcome, in the order of their deadlines. */
  private final CallList pending = new CallList();

  private List<Call> ended = new ArrayList<>();
  private long now;
  private @Nullable Session session;
  private @Nullable Call opening;

  /** A courtesy: a session that is not closed expires. */
  private @Nullable Call closing;

  private @Nullable NodeId leader;

  /** What went wrong last, for the outcome of a call that runs out of time. */
  private Object trouble = "no node was reached";

  private @Nullable String closedBecause;

  Conversation(ClientLimits limits, Route route, Budget budget, ClientCounters counters) {
    this.limits = limits;
    this.route = route;
    this.budget = budget;
    this.counters = counters;
    this.queue = new SendQueue(limits, counters);
  }

  void begin(long nowNanos) {
    now = nowNanos;
    route.begin(nowNanos);
    queue.begin(nowNanos);
  }

  void accept(Call call) {
    pending.add(call);
    String because = closedBecause;
    if (because != null) {
      giveUp(call, because);
    } else {
      queue.add(call);
    }
  }

  /** What is due and what can be sent, after the events of a round. */
  void proceed() {
    endOverdue();
    route.dropLingering();
    if (pending.isEmpty() || closedBecause != null) {
      return;
    }
    Link silent = route.silent();
    if (silent != null) {
      trouble = silent.address + " was silent";
      queue.repeatAll(silent);
      route.giveUp(silent);
    }
    Link current = route.current();
    if (current != null) {
      queue.repeatOverdue(current);
    }
    if (session == null && opening == null && queue.needsSession()) {
      opening = new OwnCall(Call.Kind.OPEN_SESSION);
      queue.addFirst(opening);
    }
    Link link = route.writable();
    if (link != null) {
      queue.sendOver(link, session);
    }
  }

  long untilNextNanos() {
    Call first = pending.first();
    long wait = route.untilNextNanos(first != null);
    return first == null ? wait : Math.min(wait, first.deadlineNanos - now);
  }

  List<Call> takeEnded() {
    if (ended.isEmpty()) {
      return List.of();
    }
    List<Call> taken = ended;
    ended = new ArrayList<>();
    return taken;
  }

  // Links.

  void opened(Link link) {
    route.opened(link);
  }

  void writable(Link link) {
    route.writable(link);
  }

  void lost(Link link, String reason) {
    if (route.lost(link)) {
      trouble = link.address + " was lost: " + reason;
      queue.repeatAll(link);
    }
  }

  // Answers.

  void answered(Link link, List<ClientReply> replies) {
    link.silentSinceNanos = now;
    boolean done = false;
    boolean rest = false;
    ClientReply.@Nullable Refused elsewhere = null;
    for (ClientReply reply : replies) {
      Call call = link.inFlight.remove(reply.id());
      if (call == null) {
        continue;
      }
      if (call == closing) {
        route.closeAll();
      } else if (reply instanceof ClientReply.Done answer) {
        done = true;
        done(call, answer);
      } else if (reply instanceof ClientReply.Refused refused) {
        call.uncertain--;
        Refusal refusal = refused.refusal();
        if (refusal instanceof Refusal.NotLeader || refusal instanceof Refusal.Closed) {
          elsewhere = refused;
          queue.repeat(call, link, reply.id());
        } else {
          rest |= refused(call, link, refused);
        }
      } else if (reply instanceof ClientReply.Unknown unknown) {
        trouble = unknown.reason();
        rest = true;
        queue.repeat(call, link, reply.id());
      }
    }
    if (done) {
      route.succeeded(link);
    }
    turn(link, elsewhere, rest);
  }

  private void turn(Link link, ClientReply.@Nullable Refused elsewhere, boolean rest) {
    if (elsewhere != null && link == route.current()) {
      trouble = link.address + " answered " + elsewhere.refusal();
      leader = elsewhere.leader();
      String hint = elsewhere.leaderAddress();
      if (elsewhere.refusal() instanceof Refusal.Closed) {
        hint = null; // what a node believed when it stopped is no hint
      }
      if (!link.address.equals(hint)) {
        queue.repeatAll(link);
      }
      route.redirect(link, hint);
    } else if (rest && link == route.current()) {
      route.pause();
    }
    queue.repeatFirst();
  }

  private void done(Call call, ClientReply.Done answer) {
    if (call.ended()) {
      return;
    }
    Outcome<Payload> outcome = new Outcome.Committed<>(answer.index(), answer.reply());
    if (call == opening) {
      call.outcome = outcome;
      opening = null;
      session = new Session(answer.index(), limits.maxInFlight());
      counters.sessions.incrementAndGet();
    } else {
      end(call, outcome);
    }
  }

  /** Says whether the node should be given a rest. */
  private boolean refused(Call call, Link link, ClientReply.Refused refused) {
    Refusal refusal = refused.refusal();
    trouble = refusal;
    if (refusal.retryable() || call == opening) {
      queue.repeat(call, link, refused.id());
      return true;
    }
    if (refusal instanceof Refusal.SessionExpired && call.session == session) {
      session = null; // what has a number in it keeps it; what comes gets another session
    }
    if (!call.ended()) {
      end(
          call,
          call.mayHaveBeenApplied()
              ? new Outcome.Unknown<>("an earlier attempt was not answered; then " + refusal)
              : new Outcome.NotCommitted<>(refusal, leader));
    }
    return false;
  }

  // Endings.

  private void endOverdue() {
    for (Call first = pending.first();
        first != null && first.deadlineNanos - now <= 0;
        first = pending.first()) {
      String detail = "no answer within " + limits.timeoutNanos() / 1_000_000 + " ms; " + trouble;
      end(
          first,
          first.mayHaveBeenApplied()
              ? new Outcome.Unknown<>(detail)
              : new Outcome.NotCommitted<>(new Refusal.TimedOut(detail), leader));
    }
    queue.trim();
  }

  private void end(Call call, Outcome<Payload> outcome) {
    call.outcome = outcome;
    pending.remove(call);
    Session numbered = call.session;
    if (numbered != null) {
      numbered.ended(call);
    }
    budget.give(call.payload.length());
    ended.add(call);
  }

  /** Ends everything that is under way, and the session; what comes later ends at once. */
  void close(String because) {
    if (closedBecause != null) {
      return;
    }
    endAll(because);
    Link link = route.current();
    Session open = session;
    if (link == null || !link.writable || open == null) {
      route.closeAll();
      return;
    }
    closing = new OwnCall(Call.Kind.CLOSE_SESSION);
    closing.session = open;
    queue.sendNow(link, closing);
    route.closeAllButCurrent();
  }

  /** Like {@link #close}, but trusts nothing that is under way. */
  void breakOff(String because) {
    endAll(because);
    route.closeAll();
  }

  private void endAll(String because) {
    closedBecause = because;
    for (Call call = pending.first(); call != null; call = pending.first()) {
      giveUp(call, because);
    }
    queue.clear();
  }

  /** Everything has ended and every link is closed. */
  boolean isOver() {
    return closedBecause != null && route.isOver();
  }

  private void giveUp(Call call, String because) {
    end(
        call,
        call.mayHaveBeenApplied()
            ? new Outcome.Unknown<>(because)
            : new Outcome.NotCommitted<>(new Refusal.Closed(because), leader));
  }

  /** What the client asks for itself; nobody waits for its outcome. */
  private static final class OwnCall extends Call {
    OwnCall(Kind kind) {
      super(kind, Payload.EMPTY, 0, false);
    }

    @Override
    boolean isOwn() {
      return true;
    }

    @Override
    void deliver(Outcome<Payload> ending) {
      throw new AssertionError("a call of the client's own has no caller");
    }
  }
}
