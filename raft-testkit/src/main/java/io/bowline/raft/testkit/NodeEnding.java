package io.bowline.raft.testkit;

import io.bowline.raft.RaftNode;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * How one process ends in order: closed by its operator, or halted and then closed by whoever
 * embeds it. It must be closed in time, and be still a while before its process goes.
 */
final class NodeEnding {
  /** What was handed over when it was closed has had its turn by then. */
  private static final long STILL_NANOS = 300_000_000L;

  /** A log that a machine can write is closed by then. */
  private static final long CLOSE_NANOS = 10_000_000_000L;

  private final Simulation simulation;
  private final SimulatedNode machine;
  private final NodeProcess process;
  private final Runnable afterwards;
  private boolean closed;
  private boolean over;

  /**
   * An end that begins now.
   *
   * @param afterwards lets the process go
   */
  NodeEnding(
      Simulation simulation, SimulatedNode machine, NodeProcess process, Runnable afterwards) {
    this.simulation = simulation;
    this.machine = machine;
    this.process = process;
    this.afterwards = afterwards;
  }

  void begin() {
    simulation.run(
        () -> {
          CompletableFuture<?> unused =
              process
                  .close()
                  .thenRun(
                      () ->
                          simulation.world(
                              simulation.now(), machine.slot(), "closed", this::closed));
        });
    later(CLOSE_NANOS, "is it closed?", this::requireClosed);
  }

  private void later(long nanos, String what, Runnable then) {
    simulation.world(
        simulation.now() + nanos,
        machine.slot(),
        what,
        () -> {
          if (!over && !process.life().isDead()) {
            then.run();
          }
        });
  }

  private void closed() {
    if (!over && !process.life().isDead()) {
      closed = true;
      simulation.run(process::closeHost);
      later(STILL_NANOS, "is it still?", this::requireStill);
    }
  }

  /** Whatever keeps its threads from going on is not its own fault. */
  private boolean isHeldUp() {
    SimulatedEnvironment world = process.environment();
    long lately = simulation.now() - STILL_NANOS;
    return machine.standstill().isStalled()
        || process.life().pausedUntil() > lately
        || machine.clock().standsUntil() > lately // no timer comes while its clock stands
        || (world != null && world.stands());
  }

  private void requireStill() {
    if (isHeldUp()) {
      later(STILL_NANOS, "is it still?", this::requireStill);
      return;
    }
    process.requireStill();
    over = true;
    afterwards.run();
  }

  private void requireClosed() {
    if (closed) {
      return;
    }
    if (isHeldUp()) {
      later(CLOSE_NANOS, "is it closed?", this::requireClosed);
      return;
    }
    RaftNode<?, ?> node = process.node();
    throw simulation.failure(
        "CLOSES_IN_TIME",
        String.format(
            Locale.ROOT,
            "n%d is not closed after 10 s: %s",
            machine.slot() + 1,
            node == null ? "it has no group" : node.unclosed()));
  }
}
