package io.bowline.raft.client;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
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
  private final RandomGenerator random;
  private final Pinned pinned = new Pinned();

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

  Conversation(
      ClientLimits limits,
      Route route,
      Budget budget,
      ClientCounters counters,
      RandomGenerator random) {
    this.limits = limits;
    this.random = random;
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
      opening.opens = SessionKey.draw(random);
      queue.addFirst(opening);
    }
    Link link = route.writable();
    if (link != null && link.greeted) {
      queue.sendOver(link, session);
    } else if (link != null && link.greeting == null) {
      queue.greet(link, new OwnCall(Call.Kind.GREET), pinned.founding());
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
      } else if (call.kind == Call.Kind.GREET) {
        link.greeting = null;
        Refusal refusal = greeted(link, reply);
        if (refusal != null
            && reply instanceof ClientReply.Refused refused
            && isElsewhere(refusal)) {
          elsewhere = refused;
        }
        rest |= !link.greeted;
      } else if (reply instanceof ClientReply.Done answer) {
        done = true;
        done(call, answer);
      } else if (reply instanceof ClientReply.Refused refused) {
        call.uncertain--;
        Refusal refusal = refused.refusal();
        if (isElsewhere(refusal)) {
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
      pinned.forgive();
    }
    turn(link, elsewhere, rest);
    endIfTurnedAwayByAll();
  }

  private static boolean isElsewhere(Refusal refusal) {
    return refusal instanceof Refusal.NotLeader
        || refusal instanceof Refusal.Closed
        || refusal instanceof Refusal.NotServed
        || refusal instanceof Refusal.NotFounded
        || refusal instanceof Refusal.OtherFounding;
  }

  /** Why nothing may be asked over this link; {@code null} if it may, or is not known yet. */
  private @Nullable Refusal greeted(Link link, ClientReply reply) {
    Refusal refusal = null;
    if (reply instanceof ClientReply.Founded founded) {
      refusal = pinned.meet(founded.founding());
      link.greeted = refusal == null;
    } else if (reply instanceof ClientReply.Refused refused) {
      refusal = refused.refusal();
    }
    boolean stranger = refusal instanceof Refusal.NotServed && pinned.founding() == null;
    if (link.greeted) {
      pinned.welcomed(link.address);
    } else if (refusal instanceof Refusal.OtherFounding || stranger) {
      trouble = link.address + " answered " + refusal;
      pinned.turnedAway(link.address, Objects.requireNonNull(refusal));
      route.shun(link);
    }
    return refusal;
  }

  /** Every node there is has said that this is not the group that was asked for. */
  private void endIfTurnedAwayByAll() {
    Refusal refusal = pinned.refusal();
    if (refusal == null || !pinned.isTurnedAwayBy(route.addresses())) {
      return;
    }
    for (Call call = pending.first(); call != null; call = pending.first()) {
      end(
          call,
          call.mayHaveBeenApplied()
              ? new Outcome.Unknown<>("an earlier attempt was not answered; now " + refusal)
              : new Outcome.NotCommitted<>(refusal, null));
    }
    queue.clear();
    opening = null;
    pinned.forgive(); // what is asked later tries them all again
  }

  private void turn(Link link, ClientReply.@Nullable Refused elsewhere, boolean rest) {
    if (elsewhere != null && link == route.current()) {
      trouble = link.address + " answered " + elsewhere.refusal();
      leader = elsewhere.leader();
      String hint = elsewhere.leaderAddress();
      if (!(elsewhere.refusal() instanceof Refusal.NotLeader)) {
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
      session =
          new Session(answer.index(), Objects.requireNonNull(call.opens), limits.maxInFlight());
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
      session = null; // what comes gets another session
    }
    if (!call.ended() && canBeRenumbered(call, refusal)) {
      Objects.requireNonNull(call.session).ended(call);
      queue.renumber(call);
      return true;
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

  /** Its session is gone and none of its attempts had an effect: another session does as well. */
  private static boolean canBeRenumbered(Call call, Refusal refusal) {
    return refusal instanceof Refusal.SessionExpired
        && call.session != null
        && !call.mayHaveBeenApplied();
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
              : new Outcome.NotCommitted<>(outOfTime(detail), leader));
    }
    queue.trim();
  }

  /** Which group was found instead says more than that time ran out. */
  private Refusal outOfTime(String detail) {
    Refusal turnedAway = pinned.refusal();
    return turnedAway == null ? new Refusal.TimedOut(detail) : turnedAway;
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
    if (link == null || !link.writable || !link.greeted || open == null) {
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
