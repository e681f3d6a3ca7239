package io.bowline.raft.testkit.linearizability;

import java.util.ArrayList;
import java.util.List;

/**
 * Records what clients ask and are told, from any thread: each call before it is sent, each return
 * after it has come. The order in which this object was told is the history's order, so no clock is
 * needed.
 *
 * @param <I> what is asked
 * @param <O> what is answered
 */
public final class HistoryRecorder<I, O> {
  /** A call on its way. */
  public final class Asked {
    private final int place;

    private Asked(int place) {
      this.place = place;
    }

    /** It was answered. */
    public void returned(O output) {
      answer(place, output);
    }

    /** It certainly had no effect, and never will have one: it is left out. */
    public void hadNoEffect() {
      leaveOut(place);
    }
  }

  private final List<Operation<I, O>> operations = new ArrayList<>();
  private final List<Boolean> counts = new ArrayList<>();
  private long position;

  /** Nothing recorded yet. */
  public HistoryRecorder() {}

  /**
   * Somebody is about to ask. Unless the result is told how it ended, nobody knows.
   *
   * @param client for the reader
   */
  public synchronized Asked invoked(int client, I input) {
    operations.add(Operation.unknown(client, input, ++position));
    counts.add(true);
    return new Asked(operations.size() - 1);
  }

  private synchronized void answer(int place, O output) {
    Operation<I, O> asked = operations.get(place);
    Operation<I, O> done =
        Operation.completed(asked.client(), asked.input(), output, asked.invoked(), ++position);
    if (asked.isKnown()) {
      throw new IllegalStateException("answered twice: " + asked + " and " + done);
    }
    operations.set(place, done);
  }

  private synchronized void leaveOut(int place) {
    counts.set(place, false);
  }

  /** What was recorded so far; what has no answer yet is of unknown outcome. */
  public synchronized List<Operation<I, O>> history() {
    List<Operation<I, O>> history = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      if (counts.get(i)) {
        history.add(operations.get(i));
      }
    }
    return history;
  }
}
