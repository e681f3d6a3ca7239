package io.bowline.raft.client;

import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.GroupId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is to be sent, for the first time or again, cut into batches: whatever waits when a link can
 * take it leaves together. Numbers commands when they first leave.
 */
final class SendQueue {
  private static final int MAX_BATCH_REQUESTS = 1_024;
  private static final int MAX_BATCH_BYTES = 256 << 10;

  private final ClientLimits limits;
  private final ClientCounters counters;

  /** To be sent as they are: queries, the opening of a session, commands that have a number. */
  private final ArrayDeque<Call> ready = new ArrayDeque<>();

  /** Commands that wait for a session, or for room in its window, to get their number. */
  private final ArrayDeque<Call> fresh = new ArrayDeque<>();

  /** The batch that is being put together. */
  private final List<Call> sending = new ArrayList<>();

  private final List<Call> toRepeat = new ArrayList<>();
  private final List<Call> toRenumber = new ArrayList<>();
  private long now;

  SendQueue(ClientLimits limits, ClientCounters counters) {
    this.limits = limits;
    this.counters = counters;
  }

  void begin(long nowNanos) {
    now = nowNanos;
  }

  void add(Call call) {
    (call.kind == Call.Kind.COMMAND ? fresh : ready).add(call);
  }

  void addFirst(Call call) {
    ready.addFirst(call);
  }

  boolean needsSession() {
    return !fresh.isEmpty();
  }

  void clear() {
    ready.clear();
    fresh.clear();
    sending.clear();
    toRepeat.clear();
    toRenumber.clear();
  }

  /** So that calls that ran out of time do not pile up while there is no leader. */
  void trim() {
    trim(fresh);
    trim(ready);
  }

  private static void trim(ArrayDeque<Call> queue) {
    for (Call head = queue.peek(); head != null && head.ended(); head = queue.peek()) {
      queue.poll();
    }
  }

  /** Sends what the link takes; over one whose node may not lead, one request to find out. */
  void sendOver(Link link, @Nullable Session numbering) {
    while (link.writable && gather(link, numbering)) {
      sendBatch(link);
    }
  }

  /** Sends one call ahead of all others. */
  void sendNow(Link link, Call call) {
    sending.add(call);
    sendBatch(link);
  }

  /** Asks which founding the group is of there; alone, and again only on the same link. */
  void greet(Link link, Call greeting, @Nullable FoundingId pinned) {
    if (link.inFlight.isEmpty()) {
      link.silentSinceNanos = now;
    }
    greeting.link = link;
    greeting.linkId = link.inFlight.add(greeting);
    greeting.sentNanos = now;
    if (link.send(
        List.of(
            new ClientRequest.Greet(
                greeting.linkId, limits.group(), limits.timeoutNanos(), pinned)))) {
      link.greeting = greeting;
    } else {
      link.writable = false;
      link.inFlight.remove(greeting.linkId);
    }
  }

  /** Takes the next batch off the queues; false if there is none. */
  private boolean gather(Link link, @Nullable Session numbering) {
    int most = MAX_BATCH_REQUESTS;
    if (link.probing) {
      most = link.inFlight.isEmpty() ? 1 : 0;
    }
    int bytes = 0;
    while (sending.size() < most && bytes < MAX_BATCH_BYTES) {
      Call call = ready.poll();
      if (call == null && numbering != null && numbering.hasRoom()) {
        call = fresh.poll();
        if (call != null && !call.ended()) {
          numbering.number(call);
        }
      }
      if (call == null) {
        break;
      }
      boolean renumbered = call.kind == Call.Kind.COMMAND && call.session == null;
      if (!call.ended() && !renumbered) { // it stands among the fresh ones, too
        sending.add(call);
        bytes += call.payload.length();
      }
    }
    return !sending.isEmpty();
  }

  private void sendBatch(Link link) {
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
    long left = call.isOwn() ? limits.timeoutNanos() : call.deadlineNanos - now;
    GroupId group = limits.group();
    Session of = call.session;
    if (of == null) {
      return call.kind == Call.Kind.QUERY
          ? new ClientRequest.Query(call.linkId, group, left, call.payload)
          : new ClientRequest.OpenSession(
              call.linkId, group, left, Objects.requireNonNull(call.opens));
    }
    return call.kind == Call.Kind.COMMAND
        ? new ClientRequest.Command(call.linkId, group, left, of.header(call), call.payload)
        : new ClientRequest.CloseSession(call.linkId, group, left, of.closingHeader());
  }

  /** Everything that this link has not answered is to be sent again, elsewhere. */
  void repeatAll(Link link) {
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
  void repeatOverdue(Link link) {
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
  void repeat(Call call, Link link, long id) {
    if (call.kind == Call.Kind.GREET) {
      link.greeting = null;
    } else if (!call.ended() && call.link == link && call.linkId == id) {
      call.link = null;
      toRepeat.add(call);
    }
  }

  /** It has no effect under its number and never will: it gets another, of another session. */
  void renumber(Call call) {
    call.session = null;
    call.sequence = 0;
    call.link = null;
    toRenumber.add(call);
  }

  /** Puts what is to be repeated before all that is new, in the order it was noted. */
  void repeatFirst() {
    for (int i = toRepeat.size() - 1; i >= 0; i--) {
      ready.addFirst(toRepeat.get(i));
    }
    toRepeat.clear();
    for (int i = toRenumber.size() - 1; i >= 0; i--) {
      fresh.addFirst(toRenumber.get(i));
    }
    toRenumber.clear();
  }
}
