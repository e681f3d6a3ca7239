package io.bowline.raft.founding;

import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * One state of {@link FoundingExploration}: what each member's living directory has durably and is
 * writing, and which answers to the newest hellos may still come.
 */
final class FoundingWorld {
  private static final int[] NOTHING = {};

  final int size;
  final int[] says;
  final int[] pending;
  final boolean[] staysOut;

  /** Whether the other one's living process has had, or will have, the newest hello. */
  final boolean[][] isAlive;

  final int[][][] answers;
  int wipes;
  int restarts;

  /** The first record under which entries were acknowledged, plus 1; of it who was wiped since. */
  private int served;

  private int servedGone;

  /** All fresh, nobody connected. */
  FoundingWorld(int size) {
    this.size = size;
    says = new int[size];
    pending = new int[size];
    Arrays.fill(pending, -1);
    staysOut = new boolean[size];
    isAlive = new boolean[size][size];
    answers = new int[size][size][];
    for (int a = 0; a < size; a++) {
      Arrays.fill(answers[a], NOTHING);
    }
  }

  FoundingWorld copy() {
    FoundingWorld copy = new FoundingWorld(size);
    for (int a = 0; a < size; a++) {
      copy.says[a] = says[a];
      copy.pending[a] = pending[a];
      copy.staysOut[a] = staysOut[a];
      for (int b = 0; b < size; b++) {
        copy.isAlive[a][b] = isAlive[a][b];
        copy.answers[a][b] = answers[a][b];
      }
    }
    copy.wipes = wipes;
    copy.restarts = restarts;
    copy.served = served;
    copy.servedGone = servedGone;
    return copy;
  }

  /** A new connection: a new hello to all (identity 5). */
  void connect(int a, int b, boolean keepsOld) {
    isAlive[a][b] = true;
    if (pending[a] < 0 || keepsOld) {
      greetAll(a, keepsOld);
    }
  }

  private void greetAll(int a, boolean keepsOld) {
    for (int c = 0; c < size; c++) {
      if (!keepsOld) {
        answers[a][c] = NOTHING;
      }
      if (isAlive[a][c]) {
        answers[a][c] = with(answers[a][c], says[c]);
      }
    }
  }

  /** The write is done: all are greeted, and who asks is told from now on. */
  void becomeDurable(int a, boolean keepsOld) {
    says[a] = pending[a];
    pending[a] = -1;
    greetAll(a, keepsOld);
    tell(a, keepsOld);
    if (Sayings.isComplete(says[a])) {
      forget(a);
      Arrays.fill(isAlive[a], false);
      staysOut[a] = false;
    }
  }

  private void tell(int a, boolean keepsOld) {
    for (int b = 0; b < size; b++) {
      if (isAlive[b][a] && (pending[b] < 0 || keepsOld)) {
        answers[b][a] = with(answers[b][a], says[a]);
      }
    }
  }

  /** The directory and its process are gone, a fresh one of the same id is there. */
  void wipe(int a) {
    wipes++;
    noteGone(a);
    says[a] = Sayings.directory(says[a]) + 1;
    dropConnections(a);
  }

  /** The process ends; what it has durably stays. */
  void restart(int a) {
    restarts++;
    dropConnections(a);
    if (Sayings.isComplete(says[a])) {
      forget(a);
    }
  }

  private void dropConnections(int a) {
    pending[a] = -1;
    staysOut[a] = false;
    forget(a);
    Arrays.fill(isAlive[a], false);
    for (int b = 0; b < size; b++) {
      isAlive[b][a] = false;
    }
  }

  /** Answers that came count no more, once there is something to write. */
  void forget(int a) {
    Arrays.fill(answers[a], NOTHING);
  }

  /** Whether all that wait are connected to all others, and nothing is being written. */
  boolean isQuiet() {
    for (int a = 0; a < size; a++) {
      if (pending[a] >= 0) {
        return false;
      }
      for (int b = 0; b < size; b++) {
        if (a != b && !isAlive[a][b] && !Sayings.isComplete(says[a])) {
          return false;
        }
      }
    }
    return true;
  }

  // Who serves

  /** A majority that is complete acknowledges; whether another founding did, wrongly, before. */
  boolean noteService(IntFunction<int[]> directories) {
    for (int a = 0; a < size; a++) {
      if (Sayings.isComplete(says[a]) && serves(says[a] >> 8, directories.apply(says[a]))) {
        int record = 1 + (says[a] >> 8);
        if (served == 0) {
          served = record;
        } else if (served != record && 2 * Integer.bitCount(servedGone) <= size) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean serves(int record, int[] named) {
    int complete = 0;
    for (int b = 0; b < size; b++) {
      if (Sayings.isComplete(says[b])
          && says[b] >> 8 == record
          && Sayings.directory(says[b]) == named[b]) {
        complete++;
      }
    }
    return 2 * complete > size;
  }

  private void noteGone(int a) {
    if (served != 0 && Sayings.isComplete(says[a]) && 1 + (says[a] >> 8) == served) {
      servedGone |= 1 << a;
    }
  }

  // One name for all states that differ in nothing that matters

  private static int[] with(int[] set, int saying) {
    int at = Arrays.binarySearch(set, saying);
    if (at >= 0) {
      return set;
    }
    int[] grown = Arrays.copyOf(set, set.length + 1);
    grown[set.length] = saying;
    Arrays.sort(grown);
    return grown;
  }

  /** The others than the first one may change places. */
  String name(Sayings sayings, boolean withService) {
    String best = named(0, order(0), sayings, withService);
    for (int turn = 1; turn < size - 1; turn++) {
      String name = named(turn, order(turn), sayings, withService);
      best = name.compareTo(best) < 0 ? name : best;
    }
    return best;
  }

  private int[] order(int turn) {
    int[] order = new int[size];
    for (int i = 1; i < size; i++) {
      order[i] = 1 + (i - 1 + turn) % (size - 1);
    }
    return order;
  }

  private String named(int turn, int[] order, Sayings sayings, boolean withService) {
    StringBuilder name = new StringBuilder().append((char) (wipes << 4 | restarts));
    if (withService) {
      name.append(
          (char) (served == 0 ? 0 : 1 + moved((served - 1) << 8 | 16, turn, order, sayings)));
      for (int a : order) {
        name.append((char) (servedGone >> a & 1));
      }
    }
    for (int a : order) {
      name.append((char) moved(says[a], turn, order, sayings));
      name.append((char) (pending[a] < 0 ? 0 : 1 + moved(pending[a], turn, order, sayings)));
      int flags = staysOut[a] ? 1 : 0;
      for (int b : order) {
        flags = flags << 1 | (isAlive[a][b] ? 1 : 0);
      }
      name.append((char) flags);
      for (int b : order) {
        if (a != b) {
          append(name, answers[a][b], turn, order, sayings);
        }
      }
    }
    return name.toString();
  }

  private static void append(
      StringBuilder name, int[] set, int turn, int[] order, Sayings sayings) {
    int[] moved = new int[set.length];
    for (int i = 0; i < set.length; i++) {
      moved[i] = moved(set[i], turn, order, sayings);
    }
    Arrays.sort(moved);
    name.append((char) set.length);
    for (int each : moved) {
      name.append((char) each);
    }
  }

  private static int moved(int saying, int turn, int[] order, Sayings sayings) {
    return Sayings.isFresh(saying) ? saying : sayings.moved(saying, turn, order);
  }
}
