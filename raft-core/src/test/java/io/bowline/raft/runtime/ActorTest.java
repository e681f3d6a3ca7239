package io.bowline.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
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

    final List<Throwable> failures = new ArrayList<>();

    Taker() {
      super(executor::add);
    }

    Taker(Executor other) {
      super(other);
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
      failures.add(cause);
    }

    @Override
    boolean hasWork() {
      return !waiting.isEmpty();
    }
  }

  private final Taker taker = new Taker();

  @AfterEach
  void nothingFailedUnseen() {
    assertThat(taker.failures).allMatch(StackOverflowError.class::isInstance);
  }

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

  @Test
  void aRefusedHandOverLeavesNoMarkBehind() {
    List<Runnable> taken = new ArrayList<>();
    boolean[] refuses = {true};
    Taker refused =
        new Taker(
            task -> {
              if (refuses[0]) {
                throw new RejectedExecutionException("full");
              }
              taken.add(task);
            });
    refused.waiting.add("a");
    assertThatThrownBy(refused::wake).isInstanceOf(RejectedExecutionException.class);

    refuses[0] = false;
    refused.wake();

    taken.get(0).run();
    assertThat(refused.taken).containsExactly("a");
  }

  @Test
  void anExecutorThatRunsAHandOverTwiceGivesOneTurn() {
    taker.waiting.add("a");
    taker.wake();
    Runnable handed = executor.remove();
    taker.during = handed;

    handed.run();
    handed.run();

    assertThat(taker.taken).containsExactly("a");
  }

  @Test
  void aTurnThatThrowsIsToldAndTheNextOneCanBegin() {
    taker.waiting.add("a");
    taker.during =
        () -> {
          taker.depth--;
          throw new StackOverflowError();
        };
    taker.wakeHere();
    assertThat(taker.failures).hasSize(1);

    taker.during = () -> {};
    taker.waiting.add("b");
    taker.wakeHere();

    assertThat(taker.taken).containsExactly("a", "b");
  }

  @Test
  void whoRetiresHasNoTurnAnyMore() {
    List<String> heard = new ArrayList<>();
    taker.waiting.add("a");
    taker.wake();

    taker.retire(() -> heard.add("still"));

    assertThat(heard).containsExactly("still");
    executor.remove().run();
    taker.wake();
    taker.wakeHere();
    assertThat(taker.taken).isEmpty();
    assertThat(executor).isEmpty();
    assertThat(taker.isStill()).isTrue();
  }

  @Test
  void whoRetiresInItsTurnIsStillWhenThatIsOver() {
    List<String> heard = new ArrayList<>();
    taker.waiting.add("a");
    taker.waiting.add("b");
    taker.during =
        () -> {
          taker.retire(() -> heard.add("still"));
          assertThat(heard).isEmpty();
        };

    taker.wakeHere();

    assertThat(heard).containsExactly("still");
    assertThat(taker.taken).containsExactly("a");
    assertThat(executor).isEmpty();
  }
}
