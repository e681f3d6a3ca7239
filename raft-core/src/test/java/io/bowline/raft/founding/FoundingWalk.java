package io.bowline.raft.founding;

import io.bowline.raft.founding.Lines.Line;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.Membership;
import io.bowline.raft.transport.DirectoryState;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Founders that talk to each other by words that wait, overtake each other and outlive their
 * connections, in an order drawn by chance; nothing is left out or put together, as it is in {@link
 * FoundingExploration}. At the end all wait no more, connections are made anew and words arrive.
 */
final class FoundingWalk {
  private final Random random;
  private final int size;
  private final Membership list;
  private final Node[] nodes;
  private final List<Word> words = new ArrayList<>();
  private int streams;

  /** A process with its directory. */
  private static final class Node {
    final int directory;
    final Founder founder;
    final @Nullable Line[] dialled;
    Founding durable;
    Founding writing = Founding.FRESH;
    boolean isWriting;
    boolean staysOut;

    Node(int directory, Founding durable, Founder founder, int size) {
      this.directory = directory;
      this.durable = durable;
      this.founder = founder;
      this.dialled = new @Nullable Line[size];
    }
  }

  /** A hello or its answer; whom it is from is a process, not a name. */
  private record Word(
      boolean isHello, Node from, Node to, Line line, int node, long number, DirectoryState said) {}

  FoundingWalk(long seed, int size) {
    this.random = new Random(seed);
    this.size = size;
    this.list = Lines.list(size);
    this.nodes = new Node[size];
    for (int i = 0; i < size; i++) {
      start(i, 0, Founding.FRESH);
    }
  }

  private void start(int i, int directory, Founding durable) {
    DirectoryState state = Lines.state(i + 1, directory, durable, list);
    Founder founder = new Founder(Lines.id(i + 1), state, list, false, 0, 1);
    nodes[i] = new Node(directory, durable, founder, size);
    act(i, founder.start());
  }

  /** Steps with faults, then as many as it takes without. */
  void run(int steps, int wipes, int restarts) {
    int wipesLeft = wipes;
    int restartsLeft = restarts;
    for (int step = 0; step < steps; step++) {
      int i = random.nextInt(size);
      int what = random.nextInt(100);
      if (wipesLeft > 0 && random.nextInt(steps) < 4) {
        wipesLeft--;
        start(i, nodes[i].directory + 1, Founding.FRESH);
      } else if (restartsLeft > 0 && random.nextInt(steps) < 2) {
        restartsLeft--;
        Node old = nodes[i];
        boolean isKept = old.isWriting && random.nextBoolean();
        start(i, old.directory, isKept ? old.writing : old.durable);
        requireOneFounding();
      } else if (what < 6) {
        dial(i, random.nextInt(size));
      } else if (what < 8) {
        hangUp(i, random.nextInt(size));
      } else if (what < 30) {
        written(i);
      } else if (!words.isEmpty()) {
        deliver(words.remove(random.nextInt(words.size())));
      }
    }
    settle();
  }

  private void settle() {
    closeAll();
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        dial(i, j);
      }
    }
    for (int step = 0; step < 10_000; step++) {
      boolean isDone = words.isEmpty();
      for (int i = 0; i < size; i++) {
        isDone &= !nodes[i].isWriting;
        written(i);
      }
      if (isDone) {
        return;
      }
      if (!words.isEmpty()) {
        deliver(words.remove(0));
      }
    }
    throw new AssertionError("hellos without end");
  }

  /** Those that only looked alive, too. */
  private void closeAll() {
    for (int stream = 0; stream < streams; stream++) {
      for (int i = 0; i < size; i++) {
        for (int j = 1; j <= size; j++) {
          act(i, nodes[i].founder.linkClosed(Lines.line(j, "s" + stream)));
        }
      }
    }
    words.clear();
  }

  private void dial(int i, int j) {
    if (i != j) {
      Line line = Lines.line(j + 1, "s" + streams++);
      nodes[i].dialled[j] = line;
      act(i, nodes[i].founder.linkOpened(line));
    }
  }

  private void hangUp(int i, int j) {
    Line line = nodes[i].dialled[j];
    if (line != null) {
      nodes[i].dialled[j] = null;
      act(i, nodes[i].founder.linkClosed(line));
      act(j, nodes[j].founder.linkClosed(Lines.line(i + 1, line.name())));
    }
  }

  private void written(int i) {
    Node node = nodes[i];
    if (node.isWriting) {
      node.isWriting = false;
      node.durable = node.writing;
      act(i, node.founder.written());
      requireOneFounding();
    }
  }

  /** A word to a process that is gone is lost; one from such a process is not. */
  private void deliver(Word word) {
    int to = index(word.to);
    if (to < 0) {
      return;
    }
    Line line = Lines.line(word.node + 1, word.line.name());
    if (word.isHello) {
      act(to, word.to.founder.heard(line, word.said));
      DirectoryState said = word.to.founder.state();
      words.add(new Word(false, word.to, word.from, word.line, to, word.number, said));
    } else {
      act(to, word.to.founder.answered(line, word.number, word.said));
    }
  }

  private int index(Node node) {
    for (int i = 0; i < size; i++) {
      if (nodes[i] == node) {
        return i;
      }
    }
    return -1;
  }

  private void act(int i, List<Act> acts) {
    Node node = nodes[i];
    for (Act act : acts) {
      if (act instanceof Act.Write write) {
        if (node.isWriting || node.durable.isComplete()) {
          throw new AssertionError("two writes at once, or one after the last: " + write);
        }
        node.isWriting = true;
        node.writing = write.next();
      } else if (act instanceof Act.Greet greet) {
        Line line = (Line) greet.link();
        Node to = nodes[Integer.parseInt(line.peer().value().substring(1)) - 1];
        words.add(new Word(true, node, to, line, i, greet.number(), node.founder.state()));
      } else if (act instanceof Act.StayOut) {
        node.staysOut = true;
      }
    }
  }

  private void requireOneFounding() {
    Membership one = null;
    for (Node node : nodes) {
      if (node.durable.isComplete()) {
        if (one != null && !one.equals(node.durable.record())) {
          throw new AssertionError("two foundings: " + one + " and " + node.durable.record());
        }
        one = node.durable.record();
      }
    }
  }

  /** Whether all are complete, but for those that stay out or wait for one that does. */
  boolean isFounded() {
    boolean anyStaysOut = false;
    boolean anyComplete = false;
    for (Node node : nodes) {
      anyStaysOut |= node.staysOut;
      anyComplete |= node.durable.isComplete();
    }
    for (Node node : nodes) {
      boolean mayWait = node.staysOut || (anyStaysOut && !anyComplete);
      if (!node.durable.isComplete() && !mayWait) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Node node : nodes) {
      text.append(node.founder.status().text()).append(node.staysOut).append('\n');
    }
    return text.toString();
  }

  /** Whether every one is complete. */
  boolean isWhole() {
    for (Node node : nodes) {
      if (!node.durable.isComplete()) {
        return false;
      }
    }
    return true;
  }
}
