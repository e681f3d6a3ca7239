package io.bowline.raft.testkit;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The code on one machine that is not the library's: what its next calls do beside what they
 * should. It outlives processes, as a bad library on a class path does.
 */
final class ForeignCode {
  private static final class Trap {
    private final @Nullable Thrown what;
    private int times;

    Trap(@Nullable Thrown what, int times) {
      this.what = what;
      this.times = times;
    }
  }

  private final Simulation simulation;
  private final Map<Seam, Trap> traps = new EnumMap<>(Seam.class);
  private int rejections;
  private int applying;
  private @Nullable Thrown mayEndTheNode;

  ForeignCode(Simulation simulation) {
    this.simulation = simulation;
  }

  /** The next so many calls at that seam throw. */
  void throwsNext(Seam seam, Thrown what, int times) {
    traps.put(seam, new Trap(what, times));
  }

  /** The next so many calls at that seam leave their thread interrupted. */
  void interruptsNext(Seam seam, int times) {
    traps.put(seam, new Trap(null, times));
  }

  /** The executor of callbacks refuses the next so many tasks. */
  void rejectsNext(int times) {
    rejections = times;
  }

  /** It does again what it should. */
  void behaves() {
    traps.clear();
    rejections = 0;
  }

  /** Another process: what was thrown in the last one ends this one no more. */
  void started() {
    mayEndTheNode = null;
    applying = 0;
  }

  /** What was thrown in this life and ends the node by right; {@code null} if nothing was. */
  @Nullable Thrown mayEndTheNode() {
    return mayEndTheNode;
  }

  /** The state machine is inside {@code apply}: what is thrown there ends the node. */
  void appliesFrom() {
    applying++;
  }

  void appliesNoMore() {
    applying--;
  }

  /** It is called at that seam, and throws if that is its turn. */
  void called(Seam seam) {
    if (!traps.isEmpty()) {
      Trap trap = traps.get(seam);
      if (trap != null) {
        spring(seam, trap);
      }
    }
  }

  private void spring(Seam seam, Trap trap) {
    trap.times--;
    if (trap.times <= 0) {
      traps.remove(seam);
    }
    Marks marks = simulation.marks();
    if (trap.what == null) {
      marks.hit(Mark.FOREIGN_INTERRUPTED);
      simulation.mustBeClean();
      Thread.currentThread().interrupt();
      return;
    }
    if (applying > 0 || trap.what == Thrown.OUT_OF_MEMORY) {
      mayEndTheNode = trap.what;
    }
    marks.hit(
        switch (seam) {
          case ENCODE_COMMAND, DECODE_COMMAND, ENCODE_REPLY, DECODE_REPLY -> Mark.CODEC_THREW;
          case APPLY -> Mark.APPLY_THREW;
          case QUERY -> Mark.QUERY_THREW;
          case LISTENER -> Mark.LISTENER_THREW;
          case METRICS -> Mark.METRICS_THREW;
          case CALLBACK -> Mark.CALLBACK_THREW;
        });
    trap.what.spring();
  }

  /** The executor of callbacks is given a task. */
  void executes() {
    if (rejections > 0) {
      rejections--;
      simulation.marks().hit(Mark.CALLBACK_REJECTED);
      throw new RejectedExecutionException(Thrown.TEXT);
    }
  }
}
