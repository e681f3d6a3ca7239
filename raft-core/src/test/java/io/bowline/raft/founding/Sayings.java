package io.bowline.raft.founding;

import static java.util.Objects.requireNonNull;

import io.bowline.raft.model.Founding;
import io.bowline.raft.model.Membership;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What directories may say: interned, for a state is a few small numbers. */
final class Sayings {
  private static final List<Founding.State> STATES = List.of(Founding.State.values());

  private final List<int[]> records = new ArrayList<>();
  private final List<int[]> turns = new ArrayList<>();
  private final List<Membership> memberships = new ArrayList<>();
  private final Map<List<Integer>, Integer> numbers = new HashMap<>();

  int record(int[] directories) {
    List<Integer> key = new ArrayList<>();
    for (int each : directories) {
      key.add(each);
    }
    return numbers.computeIfAbsent(
        key,
        k -> {
          records.add(directories.clone());
          memberships.add(Lines.record(directories));
          return records.size() - 1;
        });
  }

  int[] directories(int saying) {
    return records.get(saying >> 8);
  }

  /** The same saying when the members stand in another order; every turn has its own number. */
  int moved(int saying, int turn, int[] order) {
    int number = saying >> 8;
    while (turns.size() <= number) {
      turns.add(new int[order.length]);
    }
    int[] known = turns.get(number);
    if (known[turn] == 0) {
      int[] directories = records.get(number);
      int[] moved = new int[directories.length];
      for (int i = 0; i < moved.length; i++) {
        moved[i] = directories[order[i]];
      }
      known[turn] = 1 + record(moved);
    }
    return (saying & 255) | ((known[turn] - 1) << 8);
  }

  /** Directory in 4 bits, state in 4, record above. */
  int of(int directory, Founding founding) {
    Membership record = founding.record();
    int number = 0;
    if (record != null) {
      int[] directories = new int[record.members().size()];
      for (int i = 0; i < directories.length; i++) {
        directories[i] = (int) requireNonNull(record.members().get(i).incarnation()).low();
      }
      number = record(directories);
    }
    return directory | (STATES.indexOf(founding.state()) << 4) | (number << 8);
  }

  Founding founding(int saying) {
    Founding.State state = state(saying);
    return state == Founding.State.FRESH
        ? Founding.FRESH
        : new Founding(state, memberships.get(saying >> 8));
  }

  static int directory(int saying) {
    return saying & 15;
  }

  private static Founding.State state(int saying) {
    return STATES.get((saying >> 4) & 15);
  }

  static boolean isComplete(int saying) {
    return state(saying) == Founding.State.COMPLETE;
  }

  static boolean isFresh(int saying) {
    return state(saying) == Founding.State.FRESH;
  }
}
