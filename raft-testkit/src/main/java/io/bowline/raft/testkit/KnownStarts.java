package io.bowline.raft.testkit;

import io.bowline.raft.model.Incarnation;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Who has heard a directory's later start hears no earlier one any more: that is a copy which has
 * forgotten what was promised since (DESIGN 13). A process that starts anew has heard nobody.
 */
final class KnownStarts {
  private final Simulation simulation;
  private final ProtocolChecks protocol;

  /** By who listens and who speaks. */
  private final long[][] highest;

  private final @Nullable Incarnation[][] directory;

  KnownStarts(Simulation simulation, ProtocolChecks protocol, int nodes) {
    this.simulation = simulation;
    this.protocol = protocol;
    this.highest = new long[nodes][nodes];
    this.directory = new Incarnation[nodes][nodes];
  }

  void started(int slot) {
    Arrays.fill(highest[slot], 0);
  }

  /** A message of a living process was handed over. */
  void heard(int from, int to) {
    StorageChecks speaker = protocol.node(from);
    Incarnation incarnation = speaker.incarnation();
    if (incarnation == null || !incarnation.equals(directory[to][from])) {
      directory[to][from] = incarnation;
      highest[to][from] = 0;
    }
    long start = speaker.startCounter();
    if (start < highest[to][from]) {
      throw simulation.failure(
          "COPY_ACCEPTED",
          ProtocolChecks.id(to)
              + " hears start "
              + start
              + " of "
              + ProtocolChecks.id(from)
              + " after start "
              + highest[to][from]);
    }
    highest[to][from] = start;
  }
}
