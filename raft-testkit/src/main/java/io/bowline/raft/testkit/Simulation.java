package io.bowline.raft.testkit;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One run: a seed, virtual time, one thread, and a queue of what will happen. Whatever the world
 * does to a node is an event here, and so is each turn of one of its stages.
 */
public final class Simulation {
  /** So much never happens at one instant, unless something goes round in a circle. */
  private static final int MOST_AT_ONCE = 200_000;

  private final long seed;
  private final Prng random;
  private final EventQueue queue;
  private final Trace trace;
  private final Marks marks = new Marks();
  private RunObserver observer = RunObserver.NONE;
  private final List<Checker> checkers = new ArrayList<>();
  private final CRC32C crc = new CRC32C();
  private long now;
  private @Nullable StageExecutor running;
  private @Nullable SimulationFailure failure;
  private boolean mustBeClean;
  private int atOnce;

  /** The run of that seed. */
  public Simulation(long seed) {
    this(seed, null);
  }

  /**
   * The run of that seed with a written trace.
   *
   * @param text gets a line for each event
   */
  public Simulation(long seed, @Nullable Appendable text) {
    this.seed = seed;
    this.random = new Prng(seed);
    this.queue = new EventQueue(random.split("ties"));
    this.trace = new Trace(text);
  }

  /** What decides everything. */
  public long seed() {
    return seed;
  }

  /** The source for one purpose, independent of all others. */
  public Prng random(String purpose) {
    return random.split(purpose);
  }

  /** True time, ns since the beginning; no node can see it. */
  public long now() {
    return now;
  }

  /** The rare events of this run. */
  Marks marks() {
    return marks;
  }

  /** Who looks on. */
  RunObserver observer() {
    return observer;
  }

  /** Whether somebody does: what is formatted is formatted for them only. */
  boolean isObserved() {
    return observer != RunObserver.NONE;
  }

  void observe(RunObserver looksOn) {
    observer = looksOn;
  }

  /** What happened so far. */
  public Trace trace() {
    return trace;
  }

  long checksum(byte[] bytes) {
    crc.reset();
    crc.update(bytes, 0, bytes.length);
    return crc.getValue();
  }

  long checksum(ByteBuffer bytes) {
    crc.reset();
    crc.update(bytes);
    return crc.getValue();
  }

  /** Adds a check that looks on at each event. */
  void check(Checker checker) {
    checkers.add(checker);
  }

  void at(long time, Event event) {
    queue.add(event, Math.max(time, now));
  }

  /** Something that the world does, at that slot, for the trace. */
  Event world(long time, int slot, String what, Runnable action) {
    Event event =
        new Event(Event.Kind.WORLD, slot) {
          @Override
          void happen() {
            action.run();
          }

          @Override
          String describe() {
            return what;
          }
        };
    at(time, event);
    return event;
  }

  /** Runs for so long. */
  public void run(Duration length) {
    runUntil(now + length.toNanos());
  }

  /** Runs until that time, even if nothing happens any more. */
  void runUntil(long end) {
    boolean more = true;
    while (more) {
      more = stepBefore(end);
    }
    now = end;
  }

  /**
   * Lets the next event happen if it is due by then.
   *
   * @return false if there is none
   */
  boolean stepBefore(long end) {
    Event event = queue.peek();
    while (event != null && event.time() <= end) {
      queue.poll();
      Life life = event.life();
      if (event.isCancelled()) {
        event = queue.peek();
      } else if (life != null && life.pausedUntil() > event.time()) {
        queue.add(event, life.pausedUntil()); // all that waited comes in a burst
        event = queue.peek();
      } else {
        atOnce = event.time() == now ? atOnce + 1 : 0;
        now = event.time();
        if (atOnce > MOST_AT_ONCE) {
          throw failure(
              "SPINS", "time stands still, at slot " + event.slot() + ": " + event.describe());
        }
        step(event);
        return true;
      }
    }
    return false;
  }

  private void step(Event event) {
    trace.event(event);
    event.happen();
    if (mustBeClean) {
      requireCleanThread(event);
    }
    for (Checker checker : checkers) {
      checker.afterEvent(event.slot());
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Foreign code has interrupted its thread: whoever called it cleans up behind it. */
  void mustBeClean() {
    mustBeClean = true;
  }

  private void requireCleanThread(Event event) {
    mustBeClean = false;
    if (Thread.interrupted()) {
      throw failure("THREAD_CLEAN", "a thread comes back interrupted from " + event.describe());
    }
  }

  /** Runs code of a process; its death unwinds to here, and nothing of foreign code does. */
  void run(Runnable code) {
    try {
      code.run();
    } catch (ProcessDied died) {
      trace.line(now, -1, "unwound");
    } catch (Exception | Error thrown) {
      if (failure == null && Thrown.isForeign(thrown)) {
        throw failure("FOREIGN_CONTAINED", "a thread of the node dies of " + thrown);
      }
      throw thrown;
    }
  }

  /** The same, in a turn of that executor. */
  void runOn(StageExecutor executor, Runnable code) {
    running = executor;
    try {
      run(code);
    } finally {
      running = null;
    }
  }

  /** A disk's delays: what a force calls back runs on the executor that called it. */
  SimulatedDisk.Scheduler forces(int slot, DiskTiming timing) {
    return (onDisk, onCaller) -> {
      StageExecutor caller = running;
      if (caller == null) { // before the node's stages turn: a start blocks
        onDisk.run();
        onCaller.run();
        return;
      }
      long began = now;
      at(
          now + timing.nextForce(now),
          new Event(Event.Kind.DISK, slot) {
            @Override
            void happen() {
              onDisk.run();
              observer.forced(began, now, slot, false);
              if (!caller.isCancelled()) {
                caller.execute(onCaller);
              }
            }
          });
    };
  }

  /**
   * Ends the run: a check has seen what must not be. The first one counts, and ends the run at the
   * end of this event even if the code under test catches what is thrown.
   */
  SimulationFailure failure(String check, String what) {
    SimulationFailure made = new SimulationFailure(seed, check, trace.events(), now, what);
    if (failure == null) {
      failure = made;
      observer.failed(made);
    }
    return made;
  }
}
