package io.bowline.raft.testkit;

import io.bowline.raft.model.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What clients asked and were answered, checked against the ghost as it comes. */
final class History {
  /** How a call stands. */
  enum State {
    PENDING,
    COMMITTED,
    REFUSED,
    UNKNOWN,
    ABANDONED
  }

  /** One call of a client. */
  static final class Call {
    private final LedgerOp op;
    private final int slot;
    private final boolean query;
    private final long invoked;
    private final long acknowledgedBefore;
    private long returned;
    private long index;
    private State state = State.PENDING;

    private Call(LedgerOp op, int slot, boolean query, long invoked, long acknowledgedBefore) {
      this.op = op;
      this.slot = slot;
      this.query = query;
      this.invoked = invoked;
      this.acknowledgedBefore = acknowledgedBefore;
    }

    LedgerOp op() {
      return op;
    }

    State state() {
      return state;
    }

    boolean isQuery() {
      return query;
    }

    long index() {
      return index;
    }

    @Override
    public String toString() {
      return (query ? "query " : "command ")
          + op
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

  private final Simulation simulation;
  private final GhostLog ghost;
  private final int accounts;
  private final List<Call> calls = new ArrayList<>();
  private long acknowledged;
  private long bytes;
  private int pending;
  private boolean ended;

  History(Simulation simulation, GhostLog ghost, int accounts) {
    this.simulation = simulation;
    this.ghost = ghost;
    this.accounts = accounts;
  }

  List<Call> calls() {
    return calls;
  }

  /** Nobody asks for anything more. */
  void end() {
    ended = true;
  }

  boolean isEnded() {
    return ended;
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

  Call invoked(int slot, boolean query, Prng random) {
    // half of all calls meet at one account
    int account = random.nextBoolean() ? 0 : random.nextInt(accounts);
    long serial = calls.size() + 1L;
    int padding = random.nextInt(8) == 0 ? random.nextInt(4_000) : 0;
    LedgerOp op = new LedgerOp(serial, account, query ? 0 : 1 + random.nextInt(100), padding);
    Call call = new Call(op, slot, query, simulation.now(), acknowledged);
    calls.add(call);
    bytes += 100 + op.padding(); // the frame's and the session's headers
    pending++;
    return call;
  }

  /** The client crashed: nobody waits for its calls any more. */
  void abandoned(int slot) {
    for (Call call : calls) {
      if (call.slot == slot && call.state == State.PENDING) {
        end(call, State.ABANDONED);
      }
    }
  }

  void returned(Call call, @Nullable Outcome<LedgerAnswer> outcome, @Nullable Throwable exception) {
    if (outcome == null || exception != null) {
      throw simulation.failure("THREE_OUTCOMES", call + " ended with " + exception);
    }
    if (call.state != State.PENDING) {
      throw simulation.failure("THREE_OUTCOMES", call + " ends again with " + outcome);
    }
    if (outcome instanceof Outcome.Committed<LedgerAnswer> done) {
      end(call, State.COMMITTED);
      call.index = done.index();
      committed(call, done);
      acknowledged = Math.max(acknowledged, done.index());
    } else if (outcome instanceof Outcome.NotCommitted<LedgerAnswer>) {
      end(call, State.REFUSED);
      if (!call.query) {
        ghost.refused(call.op.serial());
      }
    } else {
      end(call, State.UNKNOWN);
    }
  }

  private void end(Call call, State state) {
    call.state = state;
    call.returned = simulation.now();
    pending--;
  }

  /**
   * Linearizable by index: commands stand at their own, queries behind all that was acknowledged,
   * to anybody, before they were asked; each answer is the state at its index.
   */
  private void committed(Call call, Outcome.Committed<LedgerAnswer> done) {
    if (call.query) {
      LedgerAnswer expected = ghost.valueAt(call.op.account(), done.index());
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
      if (!expected.equals(done.reply())) {
        throw simulation.failure(
            "LINEARIZABLE", call + " was answered " + done + ", the state there is " + expected);
      }
      return;
    }
    ghost.acknowledged(call.op.serial(), done.index(), call.op, done.reply());
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
