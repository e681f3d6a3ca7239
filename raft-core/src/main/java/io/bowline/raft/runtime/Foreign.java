package io.bowline.raft.runtime;

import io.bowline.raft.logging.GuardedLog;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The one rule for every call into code that is not ours: whatever it throws costs that one call,
 * what it leaves on the thread is taken off, and it is told at once and then counted. Only memory
 * that has run out ends the node, for nobody knows what is done by half then. Safe from any thread.
 */
public final class Foreign {
  private static final GuardedLog LOG = GuardedLog.of(Foreign.class);
  private static final long TOLD_AGAIN_NANOS = 60_000_000_000L;
  private static final Set<String> CLEANED = ConcurrentHashMap.newKeySet();

  /** When a sentence was told, and how often it could have been since. */
  private static final class Told {
    long nanos;
    long since;
  }

  private final NodeEnvironment environment;
  private final GroupId group;
  private final NodeId node;
  private final Map<String, Told> told = new LinkedHashMap<>();
  private volatile Consumer<Throwable> fatal = cause -> {};

  /** For one node. */
  public Foreign(NodeEnvironment environment, GroupId group, NodeId node) {
    this.environment = environment;
    this.group = group;
    this.node = node;
  }

  /** Who ends the node when memory has run out. */
  void onFatal(Consumer<Throwable> halt) {
    fatal = halt;
  }

  /** Calls; false if it threw. {@code seam} says in the log whose code it is. */
  public boolean call(String seam, Runnable code) {
    boolean interrupted = Thread.currentThread().isInterrupted();
    try {
      code.run();
      return true;
    } catch (Throwable e) {
      threw(seam, e);
      return false;
    } finally {
      clean(interrupted);
    }
  }

  /** What code of that seam threw: told, or counted if it was told less than a minute ago. */
  public void threw(String seam, Throwable cause) {
    tell(seam + " threw: the call is lost, the node goes on", cause);
  }

  /** The same in other words, each sentence counted by itself. */
  void tell(String sentence, Throwable cause) {
    if (isFatal(cause)) {
      fatal.accept(cause);
    }
    long more = toTell(sentence);
    if (more >= 0) {
      LOG.warn(cause, sentence, "group", group, "node", node, "more", more);
    }
  }

  /** How many were not told since the last line; below 0 if this one is not told either. */
  private synchronized long toTell(String sentence) {
    long now = environment.nanoTime();
    Told before = told.get(sentence);
    if (before == null) {
      before = new Told();
      told.put(sentence, before);
    } else if (now - before.nanos < TOLD_AGAIN_NANOS) {
      before.since++;
      return -1;
    }
    long more = before.since;
    before.nanos = now;
    before.since = 0;
    return more;
  }

  /** Whether the process can be trusted no more: a stack that overflowed is whole again. */
  public static boolean isFatal(Throwable cause) {
    return cause instanceof VirtualMachineError && !(cause instanceof StackOverflowError);
  }

  /**
   * Takes off the thread what foreign code has left there; what stood before belongs to the owner
   * of the thread. A flag that stays closes the next file that this thread reads, and nothing that
   * parks ever sleeps again.
   */
  public static void clean(boolean interruptedBefore) {
    if (!interruptedBefore && Thread.currentThread().isInterrupted()) {
      boolean unused = Thread.interrupted();
    }
  }

  /** The same on a thread of ours, which nobody interrupts; told once for each kind of code. */
  public static void clean(String what) {
    if (Thread.interrupted() && CLEANED.add(what)) {
      LOG.warn(
          null,
          what + " left the interrupt flag set on a thread of ours: it was cleared",
          "thread",
          Thread.currentThread().getName());
    }
  }
}
