package io.bowline.raft.testkit;

import io.bowline.raft.model.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What clients asked and were answered, checked against the ghost as it comes. */
final class History<C, R> {
  /** How a call stands. */
  enum State {
    PENDING,
    COMMITTED,
    REFUSED,
    UNKNOWN,
    ABANDONED
  }

  /** One call of a client. */
  static final class Call<C> {
    private final long serial;
    private final Request<C> request;
    private final int slot;
    private final long invoked;
    private final long acknowledgedBefore;
    private final long asked;
    private long answered;
    private long returned;
    private long frozenBefore;
    private long within = Long.MAX_VALUE;
    private long index;
    private @Nullable Object reply;
    private State state = State.PENDING;
    private long termBefore;
    private long cutsBefore;

    private Call(
        long serial,
        Request<C> request,
        int slot,
        long invoked,
        long acknowledgedBefore,
        long asked) {
      this.serial = serial;
      this.request = request;
      this.slot = slot;
      this.invoked = invoked;
      this.acknowledgedBefore = acknowledgedBefore;
      this.asked = asked;
    }

    Request<C> request() {
      return request;
    }

    long serial() {
      return serial;
    }

    int slot() {
      return slot;
    }

    /** Its call's position among all calls and returns. */
    long asked() {
      return asked;
    }

    /** Its return's; 0 without one. */
    long answered() {
      return answered;
    }

    @Nullable Object reply() {
      return reply;
    }

    C value() {
      return request.value();
    }

    /** It ends within so long, by the clock of who asked; a machine that stands still has none. */
    void endsWithin(long nanos) {
      within = nanos;
    }

    State state() {
      return state;
    }

    boolean isQuery() {
      return request.query();
    }

    long index() {
      return index;
    }

    @Override
    public String toString() {
      return request
          + " of client "
          + slot
          + ", asked at "
          + invoked
          + ", "
          + state
          + " at "
          + returned;
    }
  }

  private static final long SLACK_NANOS = 1_000_000_000L;

  private final Simulation simulation;
  private final Service<C, R> service;
  private final GhostLog<C, R> ghost;
  private final List<Call<C>> calls = new ArrayList<>();
  private long acknowledged;
  private long bytes;
  private long[] frozen = new long[32];
  private final List<Stood> stood = new ArrayList<>();
  private long position;
  private int pending;
  private int firstPending;
  private boolean ended;
  private boolean onlyCommands;
  private long countedFrom;
  private long counted;
  private long mostCalls = Long.MAX_VALUE;

  History(Service<C, R> service) {
    this.simulation = service.simulation();
    this.service = service;
    this.ghost = service.ghost();
  }

  List<Call<C>> calls() {
    return calls;
  }

  /** A call as its client knows it. */
  @SuppressWarnings("unchecked") // only replies of this service are kept
  ClientCall<C, R> told(Call<C> call) {
    ClientCall.Ending ending =
        switch (call.state) {
          case COMMITTED -> ClientCall.Ending.ACKNOWLEDGED;
          case REFUSED -> ClientCall.Ending.REFUSED;
          case PENDING, UNKNOWN, ABANDONED -> ClientCall.Ending.UNKNOWN;
        };
    @Nullable R reply = (R) call.reply;
    return new ClientCall<>(
        call.request, call.slot, call.invoked, call.returned, ending, call.index, reply);
  }

  /** Which machine asked that; serials count the calls. */
  int askerOf(long serial) {
    return calls.get((int) serial - 1).slot;
  }

  /** Nobody asks for anything more. */
  void end() {
    ended = true;
  }

  boolean isEnded() {
    return ended || calls.size() >= mostCalls;
  }

  /** What became of calls whose fate nobody was told. */
  void countMarks(Marks marks) {
    for (Call<C> call : calls) {
      if (!call.isQuery() && ghost.indexOf(call.serial) != 0) {
        marks.hitIf(call.state == State.UNKNOWN, Mark.CALL_UNKNOWN_COMMITTED);
        marks.hitIf(call.state == State.ABANDONED, Mark.CALL_ABANDONED_COMMITTED);
      }
    }
  }

  /** Counts what is asked from now on and answered. */
  void countFromNow() {
    countedFrom = calls.size();
    counted = 0;
  }

  long counted() {
    return counted;
  }

  /** Nobody asks for more than that many things. */
  void limit(long operations) {
    mostCalls = operations;
  }

  /** Who would ask a query asks for a command. */
  void askOnlyCommands() {
    onlyCommands = true;
  }

  /** How many calls have no outcome yet. */
  int pending() {
    return pending;
  }

  /** Of all frames that the calls can have made. */
  long bytes() {
    return bytes;
  }

  /** How many calls ended so. */
  long count(State state) {
    return calls.stream().filter(call -> call.state == state).count();
  }

  /** A client asks for the next thing; a command if there is no query to ask. */
  Call<C> invoked(int slot, boolean query, Prng random) {
    long serial = calls.size() + 1L;
    C asked = query && !onlyCommands ? service.application().query(random) : null;
    Request<C> request =
        asked == null
            ? new Request<>(service.application().command(random, serial), false)
            : new Request<>(asked, true);
    return invoked(slot, request, serial);
  }

  Call<C> invoked(int slot, Request<C> request, long serial) {
    Call<C> call = new Call<>(serial, request, slot, simulation.now(), acknowledged, ++position);
    call.frozenBefore = frozen[slot];
    call.termBefore = simulation.marks().newestTerm;
    call.cutsBefore = simulation.marks().cutsOfAll;
    calls.add(call);
    service.commands().serial(serial);
    pending++;
    return call;
  }

  /** What was asked is on its way, encoded. */
  void sent() {
    bytes += 92 + service.commands().lastLength(); // the frame's and the session's headers
  }

  /** The client crashed: nobody waits for its calls any more. */
  void abandoned(int slot) {
    for (Call<C> call : calls) {
      if (call.slot == slot && call.state == State.PENDING) {
        end(call, State.ABANDONED);
      }
    }
  }

  /** That machine stands still for so long: its calls may take longer by as much. */
  void frozen(int slot, long nanos) {
    frozen[slot] += nanos;
  }

  /** That machine's clock stands for so long while its processes run. */
  void clockStands(int slot, long nanos) {
    long from = simulation.now();
    for (Stood before : stood) {
      from = before.slot == slot ? Math.max(from, before.until) : from;
    }
    stood.add(new Stood(slot, from, Math.max(from, simulation.now() + nanos)));
  }

  /** A span of time that a machine's clock did not see. */
  private record Stood(int slot, long from, long until) {
    long within(long begin, long end) {
      return Math.max(0, Math.min(end, until) - Math.max(begin, from));
    }
  }

  /** A call that nobody ever ends returns to nobody who could see that it is late. */
  void census() {
    while (firstPending < calls.size() && calls.get(firstPending).state != State.PENDING) {
      firstPending++;
    }
    for (Call<C> call : calls.subList(firstPending, calls.size())) {
      if (call.state == State.PENDING) {
        requireInTime(call);
      }
    }
  }

  private void requireInTime(Call<C> call) {
    long took = simulation.now() - call.invoked - (frozen[call.slot] - call.frozenBefore);
    for (Stood span : stood) {
      took -= span.slot == call.slot ? span.within(call.invoked, simulation.now()) : 0;
    }
    // clocks run up to 5 % slow, timers and stages are late
    if (call.within != Long.MAX_VALUE && took > call.within + call.within / 10 + SLACK_NANOS) {
      throw simulation.failure(
          "ENDS_IN_TIME", call + " took " + took / 1e9 + " s of " + call.within / 1e9 + " s");
    }
  }

  /** Its command could not be encoded, so nothing was asked. */
  void neverAsked(Call<C> call) {
    end(call, State.REFUSED);
    if (!call.isQuery()) {
      ghost.refused(call.serial);
    }
  }

  void returned(Call<C> call, @Nullable Outcome<R> outcome, @Nullable Throwable exception) {
    if (outcome == null || exception != null) {
      throw simulation.failure("THREE_OUTCOMES", call + " ended with " + exception);
    }
    if (call.state != State.PENDING) {
      throw simulation.failure("THREE_OUTCOMES", call + " ends again with " + outcome);
    }
    requireInTime(call);
    if (outcome instanceof Outcome.Committed<R> done) {
      end(call, State.COMMITTED);
      call.index = done.index();
      call.reply = done.reply();
      committed(call, done);
      acknowledged = Math.max(acknowledged, done.index());
    } else if (outcome instanceof Outcome.NotCommitted<R>) {
      end(call, State.REFUSED);
      if (!call.isQuery()) {
        ghost.refused(call.serial);
      }
    } else {
      end(call, State.UNKNOWN);
    }
  }

  private void end(Call<C> call, State state) {
    call.state = state;
    call.returned = simulation.now();
    call.answered = ++position;
    pending--;
    if (simulation.isObserved()) {
      String text = call.request.toString();
      simulation.observer().call(call.invoked, call.returned, call.slot, text, state.name());
    }
    marks(call, state);
  }

  private void marks(Call<C> call, State state) {
    Marks marks = simulation.marks();
    if (state == State.COMMITTED) {
      counted += call.serial > countedFrom ? 1 : 0;
      marks.hit(call.isQuery() ? Mark.QUERY_ANSWERED : Mark.CALL_COMMITTED);
      boolean across = call.termBefore != marks.newestTerm;
      marks.hitIf(across, call.isQuery() ? Mark.QUERY_ACROSS_LEADERS : Mark.CALL_ACROSS_LEADERS);
      marks.hitIf(call.cutsBefore != marks.cutsOfAll, Mark.CALL_ACROSS_POWER_CUT_OF_ALL);
      marks.hitIf(call.returned - call.invoked > 5_000_000_000L, Mark.CALL_OVER_FIVE_SECONDS);
    } else if (state == State.REFUSED) {
      marks.hit(call.isQuery() ? Mark.QUERY_REFUSED : Mark.CALL_REFUSED);
    } else if (state == State.UNKNOWN) {
      marks.hit(Mark.CALL_UNKNOWN);
    } else {
      marks.hit(Mark.CLIENT_CRASHED_WAITING);
    }
  }

  /**
   * Linearizable by index: commands stand at their own, queries behind all that was acknowledged,
   * to anybody, before they were asked; each answer is the state at its index.
   */
  private void committed(Call<C> call, Outcome.Committed<R> done) {
    if (call.isQuery()) {
      if (done.index() < call.acknowledgedBefore) {
        throw simulation.failure(
            "LINEARIZABLE",
            call
                + " was answered as of "
                + done.index()
                + ", "
                + call.acknowledgedBefore
                + " had been acknowledged before it");
      }
      if (!ghost.mayAnswer(done.index(), call.value(), done.reply())) {
        throw simulation.failure(
            "LINEARIZABLE", call + " was answered " + done + ", which is not the state there");
      }
      return;
    }
    ghost.acknowledged(call.serial, done.index(), call.value(), done.reply());
    if (done.index() <= call.acknowledgedBefore) {
      throw simulation.failure(
          "LINEARIZABLE",
          call
              + " took effect at "
              + done.index()
              + ", "
              + call.acknowledgedBefore
              + " had been acknowledged before it");
    }
  }
}
