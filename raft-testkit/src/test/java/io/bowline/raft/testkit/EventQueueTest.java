package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventQueueTest {
  private static Event event(int slot) {
    return new Event(Event.Kind.WORLD, slot) {
      @Override
      void happen() {}
    };
  }

  private static List<Integer> drain(EventQueue queue) {
    List<Integer> slots = new ArrayList<>();
    for (Event next = queue.poll(); next != null; next = queue.poll()) {
      slots.add(next.slot());
    }
    return slots;
  }

  @Test
  void eventsComeInTheOrderOfTheirTimes() {
    EventQueue queue = new EventQueue(new Prng(1));
    Prng times = new Prng(2);
    for (int i = 0; i < 2_000; i++) {
      int time = times.nextInt(1_000_000);
      queue.add(event(time), time);
    }

    assertThat(drain(queue)).isSorted().hasSize(2_000);
  }

  @Test
  void whatIsDueAtOneInstantComesInAnOrderThatTheSeedDecides() {
    List<List<Integer>> orders = new ArrayList<>();
    for (long seed : new long[] {1, 1, 2}) {
      EventQueue queue = new EventQueue(new Prng(seed));
      for (int i = 0; i < 20; i++) {
        queue.add(event(i), 5);
      }
      orders.add(drain(queue));
    }

    assertThat(orders.get(0)).isEqualTo(orders.get(1)).isNotEqualTo(orders.get(2));
    assertThat(orders.get(0)).containsExactlyInAnyOrderElementsOf(orders.get(2));
  }

  @Test
  void peekShowsWhatPollTakes() {
    EventQueue queue = new EventQueue(new Prng(1));
    queue.add(event(1), 10);
    queue.add(event(2), 3);

    Event shown = queue.peek();

    assertThat(shown).isSameAs(queue.poll());
    assertThat(queue.size()).isEqualTo(1);
  }
}
