package io.bowline.raft.testkit;

import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.StartPair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who has heard a directory's start hears only starts that followed it: any other one is of a copy,
 * which has forgotten what was promised since (identity 12). What a node has heard of a directory
 * that counts it knows in its later lives, too, as long as its own disk is there: that start is
 * durable there before anything of it is heard (identity 11).
 */
final class KnownStarts {
  private final Simulation simulation;
  private final ProtocolChecks protocol;

  /** By who listens and who speaks. */
  private final @Nullable StartPair[][] newest;

  private final @Nullable Incarnation[][] directory;

  /** What stands on the disk of who listens. */
  private final List<Map<Incarnation, StartPair>> remembered = new ArrayList<>();

  KnownStarts(Simulation simulation, ProtocolChecks protocol, int nodes) {
    this.simulation = simulation;
    this.protocol = protocol;
    this.newest = new StartPair[nodes][nodes];
    this.directory = new Incarnation[nodes][nodes];
    for (int slot = 0; slot < nodes; slot++) {
      remembered.add(new HashMap<>());
    }
  }

  /** A start has read that from its disk. */
  void opened(int slot, Map<Incarnation, StartPair> read) {
    remembered.set(slot, new HashMap<>(read));
  }

  /** That start of a directory is durable there. */
  void remembers(int slot, Incarnation of, StartPair start) {
    remembered.get(slot).put(of, start);
  }

  /** Its disk is another one now: it has heard nobody. */
  void forgot(int slot) {
    Arrays.fill(newest[slot], null);
    Arrays.fill(directory[slot], null);
  }

  /** A message of a living process was handed over. */
  void heard(int from, int to) {
    StorageChecks speaker = protocol.node(from);
    Incarnation incarnation = speaker.incarnation();
    StartPair start = speaker.start();
    if (incarnation == null || start == null) {
      return;
    }
    if (!incarnation.equals(directory[to][from])) {
      directory[to][from] = incarnation;
      newest[to][from] = null;
    }
    StartPair before = newest[to][from];
    if (before != null && !speaker.holds(before)) {
      throw simulation.failure(
          "COPY_ACCEPTED",
          ProtocolChecks.id(to)
              + " hears start "
              + start
              + " of "
              + ProtocolChecks.id(from)
              + ", whose file does not hold start "
              + before
              + " that it has heard before");
    }
    newest[to][from] = start;
    StartPair durable = remembered.get(to).get(incarnation);
    if (!start.equals(durable)) {
      throw simulation.failure(
          "START_REMEMBERED",
          ProtocolChecks.id(to)
              + " hears start "
              + start
              + " of "
              + ProtocolChecks.id(from)
              + ", of which its disk remembers "
              + durable);
    }
  }
}
