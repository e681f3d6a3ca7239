package io.bowline.raft.client;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import java.util.ArrayDeque;
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
  private static final int MAX_BATCH_REQUESTS = 1_024;
  private static final int MAX_BATCH_BYTES = 256 << 10;

  private final ClientLimits limits;
  private final Route route;
  private final Budget budget;
  private final ClientCounters counters;

  /** All commands and queries without an outcome, in the order of their deadlines. */
  private final CallList pending = new CallList();

  /** To be sent as they are: queries, the opening of a session, commands that have a number. */
  private final ArrayDeque<Call> ready = new ArrayDeque<>();

  /** Commands that wait for a session, or for room in its window, to get their number. */
  private final ArrayDeque<Call> fresh = new ArrayDeque<>();

  /** The batch that is being put together. */
  private final List<Call> sending = new ArrayList<>();

  private final List<Call> toRepeat = new ArrayList<>();
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
  }

  void begin(long nowNanos) {
    now = nowNanos;
    route.begin(nowNanos);
  }

  void accept(Call call) {
    pending.add(call);
    String because = closedBecause;
    if (because != null) {
      giveUp(call, because);
    } else {
      (call.kind == Call.Kind.COMMAND ? fresh : ready).add(call);
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
      repeatAll(silent);
      route.giveUp(silent);
    }
    repeatOverdue();
    if (session == null && opening == null && !fresh.isEmpty()) {
      opening = new OwnCall(Call.Kind.OPEN_SESSION);
      ready.addFirst(opening);
    }
    Link link = route.writable();
    while (link != null && link.writable && gather()) {
      send(link);
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

  // Sending.

  /** Takes the next batch off the queues; false if there is none. */
  private boolean gather() {
    int bytes = 0;
    while (sending.size() < MAX_BATCH_REQUESTS && bytes < MAX_BATCH_BYTES) {
      Call call = ready.poll();
      Session numbering = session;
      if (call == null && numbering != null && numbering.hasRoom()) {
        call = fresh.poll();
        if (call != null && !call.ended()) {
          numbering.number(call);
        }
      }
      if (call == null) {
        break;
      }
      if (!call.ended()) {
        sending.add(call);
        bytes += call.payload.length();
      }
    }
    return !sending.isEmpty();
  }

  private void send(Link link) {
    if (link.inFlight.isEmpty()) {
      link.silentSinceNanos = now;
    }
    List<ClientRequest> batch = new ArrayList<>(sending.size());
    int repeated = 0;
    for (Call call : sending) {
      call.link = link;
      call.linkId = link.inFlight.add(call);
      call.sentNanos = now;
      batch.add(request(call));
      repeated += call.attempts > 0 ? 1 : 0;
    }
    if (link.send(batch)) {
      for (Call call : sending) {
        call.attempts++;
        call.uncertain++;
      }
      counters.attempts.addAndGet(batch.size());
      counters.retries.addAndGet(repeated);
    } else {
      link.writable = false;
      for (Call call : sending) {
        link.inFlight.remove(call.linkId);
        call.link = null;
      }
      toRepeat.addAll(sending);
      repeatFirst();
    }
    sending.clear();
  }

  private ClientRequest request(Call call) {
    long left = call instanceof OwnCall ? limits.timeoutNanos() : call.deadlineNanos - now;
    GroupId group = limits.group();
    Session of = call.session;
    if (of == null) {
      return call.kind == Call.Kind.QUERY
          ? new ClientRequest.Query(call.linkId, group, left, call.payload)
          : new ClientRequest.OpenSession(call.linkId, group, left);
    }
    return call.kind == Call.Kind.COMMAND
        ? new ClientRequest.Command(call.linkId, group, left, of.header(call), call.payload)
        : new ClientRequest.CloseSession(call.linkId, group, left, of.closingHeader());
  }

  /** Everything that this link has not answered is to be sent again, elsewhere. */
  private void repeatAll(Link link) {
    CallWindow inFlight = link.inFlight;
    for (long id = inFlight.lowest(); id < inFlight.next(); id++) {
      Call call = inFlight.get(id);
      if (call != null) {
        repeat(call, link, id);
      }
    }
    repeatFirst();
  }

  /** What a link that answers otherwise has not answered for too long is asked again there. */
  private void repeatOverdue() {
    Link link = route.current();
    if (link == null) {
      return;
    }
    CallWindow inFlight = link.inFlight;
    for (Call oldest = inFlight.get(inFlight.lowest());
        oldest != null
            && (oldest.ended() || oldest.repeatAtNanos(limits.attemptTimeoutNanos()) - now <= 0);
        oldest = inFlight.get(inFlight.lowest())) {
      long id = inFlight.lowest();
      inFlight.remove(id);
      repeat(oldest, link, id);
    }
    repeatFirst();
  }

  /** Only if this was the latest attempt: otherwise it is under way, or waits, already. */
  private void repeat(Call call, Link link, long id) {
    if (!call.ended() && call.link == link && call.linkId == id) {
      call.link = null;
      toRepeat.add(call);
    }
  }

  /** Before all that is new, in the order in which it was first asked. */
  private void repeatFirst() {
    for (int i = toRepeat.size() - 1; i >= 0; i--) {
      ready.addFirst(toRepeat.get(i));
    }
    toRepeat.clear();
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
      repeatAll(link);
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
      if (reply instanceof ClientReply.Done answer) {
        done = true;
        done(call, answer);
      } else if (reply instanceof ClientReply.Refused refused) {
        call.uncertain--;
        Refusal refusal = refused.refusal();
        if (refusal instanceof Refusal.NotLeader || refusal instanceof Refusal.Closed) {
          elsewhere = refused;
          repeat(call, link, reply.id());
        } else {
          rest |= refused(call, link, refused);
        }
      } else if (reply instanceof ClientReply.Unknown unknown) {
        trouble = unknown.reason();
        rest = true;
        repeat(call, link, reply.id());
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
      if (!link.address.equals(elsewhere.leaderAddress())) {
        repeatAll(link);
      }
      route.redirect(link, elsewhere.leaderAddress());
    } else if (rest && link == route.current()) {
      route.pause();
    }
    repeatFirst();
  }

  private void done(Call call, ClientReply.Done answer) {
    if (call.ended()) {
      return;
    }
    Outcome<Payload> outcome = new Outcome.Committed<>(answer.index(), answer.reply());
    if (call == closing) {
      route.closeAll();
    } else if (call == opening) {
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
      repeat(call, link, refused.id());
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
    trim(fresh);
    trim(ready);
  }

  /** So that calls that ran out of time do not pile up while there is no leader. */
  private static void trim(ArrayDeque<Call> queue) {
    for (Call head = queue.peek(); head != null && head.ended(); head = queue.peek()) {
      queue.poll();
    }
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

  /** Ends everything that is under way; what comes later ends at once. */
  void close(String because) {
    if (closedBecause != null) {
      return;
    }
    closedBecause = because;
    for (Call call = pending.first(); call != null; call = pending.first()) {
      giveUp(call, because);
    }
    ready.clear();
    fresh.clear();
    Link link = route.current();
    Session open = session;
    if (link == null || !link.writable || open == null) {
      route.closeAll();
      return;
    }
    closing = new OwnCall(Call.Kind.CLOSE_SESSION);
    closing.session = open;
    sending.clear();
    sending.add(closing);
    send(link);
    route.closeAllButCurrent();
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
    void deliver(Outcome<Payload> ending) {
      throw new AssertionError("a call of the client's own has no caller");
    }
  }
}
