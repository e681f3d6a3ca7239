package io.bowline.raft.founding;

import static java.util.Objects.requireNonNull;

import io.bowline.raft.model.Founding;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.DirectoryState;
import io.bowline.raft.transport.GroupLink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every state that a founding can reach, breadth first; decisions are those of {@link Founder}.
 *
 * <p>The network is kept as what it may still do: for each ordered pair the answers to the newest
 * hello that are or may come to be on their way, which are all that the other one's process would
 * have said since. A step of a member is any choice of these answers, in one go; choices that lead
 * to no act leave no trace, for the answers may come again. So all orders, delays and losses are
 * there. A connection to a directory that was wiped looks alive until it is dialled anew: what the
 * dead process answered may come at any time before, what the new one says cannot.
 */
final class FoundingExploration {
  /** What is taken out of the rules, or nothing. */
  enum Without {
    NOTHING,
    /** Complete as soon as a record is written. */
    BARRIER,
    /** Any answer counts, however old. */
    NEWEST_ANSWERS,
    /** Both, and everybody makes records: the first form of the rules. */
    ALL_THREE,
    /** The first form with the barrier. */
    ALL_BUT_BARRIER;

    boolean barrier() {
      return this == BARRIER || this == ALL_THREE;
    }

    boolean newestAnswers() {
      return this == NEWEST_ANSWERS || everybodyMakes();
    }

    boolean everybodyMakes() {
      return this == ALL_THREE || this == ALL_BUT_BARRIER;
    }
  }

  /** A state and how it was reached. */
  private record Reached(int before, String step) {}

  /** What a member does with a choice of answers: a founding to write, and whether it stays out. */
  private record Decision(int next, boolean staysOut) {}

  private static final Decision NONE = new Decision(-1, false);

  final int size;
  final int wipes;
  final int restarts;
  private final Without without;
  private final boolean stopsAtLoss;

  private final List<FoundingWorld> worlds = new ArrayList<>();
  private final List<Reached> reached = new ArrayList<>();
  private final Map<String, Integer> known = new HashMap<>();
  private final Map<String, Decision> decisions = new HashMap<>();
  private final Sayings sayings = new Sayings();

  /** Distinct states that were expanded. */
  int states;

  /** States in which all is connected and nothing is left to do. */
  int ends;

  /** How rules were broken first; empty if never. */
  List<String> violation = List.of();

  FoundingExploration(int size, int wipes, int restarts, Without without, boolean stopsAtLoss) {
    this.size = size;
    this.wipes = wipes;
    this.restarts = restarts;
    this.without = without;
    this.stopsAtLoss = stopsAtLoss;
  }

  /** Explores everything, or up to the first violation. */
  void run() {
    add(new FoundingWorld(size), -1, "");
    for (int i = 0; i < worlds.size() && violation.isEmpty(); i++) {
      FoundingWorld world = worlds.get(i);
      worlds.set(i, null); // only its name and its way are kept
      expand(i, world);
      states++;
    }
  }

  private void expand(int at, FoundingWorld world) {
    boolean isQuiet = world.isQuiet();
    for (int a = 0; a < size; a++) {
      if (world.pending[a] >= 0) {
        FoundingWorld next = world.copy();
        next.becomeDurable(a, without.newestAnswers());
        changed(at, next, a, name(a, world) + " has durably " + text(next.says[a]));
      } else if (!Sayings.isComplete(world.says[a])) {
        isQuiet &= !decide(at, world, a, 0, new int[size]);
        for (int b = 0; b < size; b++) {
          if (b != a && !world.isAlive[a][b]) {
            FoundingWorld next = world.copy();
            next.connect(a, b, without.newestAnswers());
            add(next, at, name(a, world) + " connects to " + name(b, world));
          }
        }
      }
      if (world.wipes < wipes) {
        FoundingWorld next = world.copy();
        next.wipe(a);
        add(next, at, name(a, world) + " is wiped");
      }
      if (world.restarts < restarts) {
        restart(at, world, a);
      }
    }
    if (isQuiet && violation.isEmpty()) {
      ends++;
      requireAnEnd(at, world);
    }
  }

  private void restart(int at, FoundingWorld world, int a) {
    FoundingWorld lost = world.copy();
    lost.restart(a);
    add(lost, at, name(a, world) + " starts again");
    if (world.pending[a] >= 0) {
      FoundingWorld kept = world.copy();
      kept.says[a] = kept.pending[a];
      kept.restart(a);
      changed(at, kept, a, name(a, world) + " starts again with " + text(kept.says[a]));
    }
  }

  /** Whether any choice of answers leads to an act; 0 is no answer, else 1 plus what is said. */
  private boolean decide(int at, FoundingWorld world, int a, int b, int[] choice) {
    if (b == size) {
      return step(at, world, a, choice);
    }
    choice[b] = 0;
    boolean acts = decide(at, world, a, b + 1, choice);
    if (b != a) {
      for (int saying : world.answers[a][b]) {
        choice[b] = 1 + saying;
        acts |= decide(at, world, a, b + 1, choice);
      }
    }
    choice[b] = 0;
    return acts;
  }

  private boolean step(int at, FoundingWorld world, int a, int[] choice) {
    StringBuilder key = new StringBuilder().append((char) a).append((char) world.says[a]);
    key.append(world.staysOut[a] ? '+' : '-');
    for (int each : choice) {
      key.append((char) each);
    }
    Decision decision = decisions.computeIfAbsent(key.toString(), k -> ask(world, a, choice));
    boolean isNew = decision.staysOut && !world.staysOut[a];
    if (decision.next < 0 && !isNew) {
      return false;
    }
    FoundingWorld next = world.copy();
    next.staysOut[a] |= decision.staysOut;
    String what = name(a, world) + (isNew ? " stays out" : "");
    if (decision.next >= 0) {
      next.pending[a] = decision.next;
      if (!without.newestAnswers()) {
        next.forget(a);
      }
      what += " writes " + text(decision.next);
    }
    add(next, at, what + heardFrom(choice));
    return true;
  }

  /** The founder of that member, new made, is told these answers. */
  private Decision ask(FoundingWorld world, int a, int[] choice) {
    Membership list = Lines.list(size);
    int says = world.says[a];
    DirectoryState state =
        Lines.state(a + 1, Sayings.directory(says), sayings.founding(says), list);
    Founder founder = founder(Lines.id(a + 1), state, list);
    List<Act> acts = new ArrayList<>(founder.start());
    Map<GroupLink, Long> numbers = new LinkedHashMap<>();
    for (int b = 0; b < size; b++) {
      if (b != a) {
        acts.addAll(founder.linkOpened(Lines.line(b + 1, "to")));
      }
    }
    if (world.staysOut[a]) {
      Founding foreign = Founding.complete(Lines.record(15, 15, 15));
      founder.heard(Lines.line(9, "from"), Lines.state(9, 1, foreign, list));
    }
    for (Act act : acts) {
      if (act instanceof Act.Greet greet) {
        numbers.put(greet.link(), greet.number());
      }
    }
    for (int b = 0; b < size; b++) {
      if (choice[b] != 0) {
        GroupLink link = Lines.line(b + 1, "to");
        int saying = choice[b] - 1;
        DirectoryState theirs =
            Lines.state(b + 1, Sayings.directory(saying), sayings.founding(saying), list);
        long number = without.newestAnswers() ? 0 : requireNonNull(numbers.get(link));
        acts.addAll(founder.answered(link, number, theirs));
      }
    }
    return decision(Sayings.directory(says), acts);
  }

  private Decision decision(int directory, List<Act> acts) {
    int next = -1;
    boolean staysOut = false;
    for (Act act : acts) {
      if (act instanceof Act.Write write) {
        next = sayings.of(directory, write.next());
      }
      staysOut |= act instanceof Act.StayOut;
    }
    return next < 0 && !staysOut ? NONE : new Decision(next, staysOut);
  }

  private Founder founder(NodeId self, DirectoryState state, Membership list) {
    if (without == Without.NOTHING) {
      return new Founder(self, state, list, false, 0, 1);
    }
    return new Founder(self, state, list, false, 0, 1) {
      @Override
      boolean allHaveWritten(Membership record) {
        return without.barrier() || super.allHaveWritten(record);
      }

      @Override
      boolean counts(PeerView peer, GroupLink link, long number) {
        return without.newestAnswers() || super.counts(peer, link, number);
      }

      @Override
      @Nullable Membership proposed(NodeId first) {
        Membership made = without.everybodyMakes() ? made() : null;
        return made != null ? made : super.proposed(first);
      }
    };
  }

  /** What a member has durably now is held against what the others have. */
  private void changed(int before, FoundingWorld next, int a, String step) {
    int at = add(next, before, step);
    if (at < 0 || !Sayings.isComplete(next.says[a])) {
      return;
    }
    for (int b = 0; b < size; b++) {
      boolean isApart = Sayings.isComplete(next.says[b]) && next.says[b] >> 8 != next.says[a] >> 8;
      if (isApart && !stopsAtLoss) {
        violate(at, name(a, next) + " and " + name(b, next) + " are complete, of two foundings");
      }
    }
    if (next.noteService(sayings::directories) && stopsAtLoss) {
      violate(at, "a second founding serves, and the first one's entries were not all wiped");
    }
  }

  /** Who is connected to all is complete in the end, or somebody stays out and says so. */
  private void requireAnEnd(int at, FoundingWorld world) {
    boolean isFounded = false;
    boolean isHeldUp = false;
    for (int a = 0; a < size; a++) {
      isFounded |= Sayings.isComplete(world.says[a]);
      isHeldUp |= world.staysOut[a];
    }
    for (int a = 0; a < size; a++) {
      boolean mayWait = world.staysOut[a] || (isHeldUp && !isFounded);
      if (!Sayings.isComplete(world.says[a]) && !mayWait && !stopsAtLoss) {
        violate(at, name(a, world) + " waits for ever");
      }
    }
  }

  private void violate(int at, String what) {
    List<String> steps = new ArrayList<>();
    for (int i = at; i > 0; i = reached.get(i).before) {
      steps.add(0, reached.get(i).step);
    }
    steps.add(what);
    violation = List.copyOf(steps);
  }

  /** Returns its number if it is new. */
  private int add(FoundingWorld world, int before, String step) {
    String name = world.name(sayings, stopsAtLoss);
    if (known.putIfAbsent(name, worlds.size()) != null) {
      return -1;
    }
    worlds.add(world);
    reached.add(new Reached(before, step));
    return worlds.size() - 1;
  }

  private static String name(int member, FoundingWorld world) {
    return "n" + (member + 1) + "'".repeat(Sayings.directory(world.says[member]));
  }

  private String text(int saying) {
    Founding founding = sayings.founding(saying);
    if (founding.record() == null) {
      return "nothing";
    }
    StringBuilder names = new StringBuilder();
    int[] directories = sayings.directories(saying);
    for (int i = 0; i < directories.length; i++) {
      names.append(i == 0 ? "" : " ").append('n').append(i + 1).append("'".repeat(directories[i]));
    }
    return founding.state() + " (" + names + ")";
  }

  private String heardFrom(int[] choice) {
    StringBuilder heard = new StringBuilder();
    for (int b = 0; b < choice.length; b++) {
      if (choice[b] != 0) {
        int saying = choice[b] - 1;
        heard.append(heard.isEmpty() ? ", told by " : " and ");
        heard.append('n').append(b + 1).append("'".repeat(Sayings.directory(saying)));
        heard.append(' ').append(text(saying));
      }
    }
    return heard.toString();
  }
}
