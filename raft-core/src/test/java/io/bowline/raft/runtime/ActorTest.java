package io.bowline.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who runs an actor's turns, and how long a borrowed thread is kept. */
class ActorTest {
  private final ArrayDeque<Runnable> executor = new ArrayDeque<>();

  /** Takes one item a turn; {@code during} happens in each. */
  private final class Taker extends Actor {
    final ArrayDeque<String> waiting = new ArrayDeque<>();
    final List<String> taken = new ArrayList<>();
    Runnable during = () -> {};
    int depth;

    Taker() {
      super(executor::add);
    }

    @Override
    void turn() {
      assertThat(++depth).as("turns at one time").isEqualTo(1);
      String item = waiting.poll();
      if (item != null) {
        taken.add(item);
      }
      during.run();
      depth--;
    }

    @Override
    void failed(Throwable cause) {
      throw new AssertionError(cause);
    }

    @Override
    boolean hasWork() {
      return !waiting.isEmpty();
    }
  }

  private final Taker taker = new Taker();

  @Test
  void aSleeperHasItsTurnOnTheBorrowedThread() {
    taker.waiting.add("a");

    taker.wakeHere();

    assertThat(taker.taken).containsExactly("a");
    assertThat(executor).isEmpty();
  }

  @Test
  void oneThatWillHaveItsTurnIsLeftAlone() {
    taker.waiting.add("a");
    taker.wake();

    taker.wakeHere();

    assertThat(taker.taken).isEmpty();
    executor.remove().run();
    assertThat(taker.taken).containsExactly("a");
    assertThat(executor).isEmpty();
  }

  @Test
  void whatComesDuringABorrowedTurnIsTakenInTheNextOne() {
    taker.waiting.add("a");
    taker.during =
        () -> {
          if (taker.taken.size() == 1) {
            taker.waiting.add("b");
            taker.wakeHere();
          }
        };

    taker.wakeHere();

    assertThat(taker.taken).containsExactly("a", "b");
    assertThat(executor).isEmpty();
  }

  @Test
  void aBorrowedThreadIsGivenBackAfterAFewTurns() {
    for (int i = 0; i < 100; i++) {
      taker.waiting.add("item " + i);
    }

    taker.wakeHere();

    assertThat(taker.taken).hasSizeBetween(1, 8);
    assertThat(executor).as("handed over").hasSize(1);
    while (!executor.isEmpty()) {
      executor.remove().run();
    }
    assertThat(taker.taken).hasSize(100);
  }
}
