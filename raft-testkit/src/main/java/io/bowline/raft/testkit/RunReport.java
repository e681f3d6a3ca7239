package io.bowline.raft.testkit;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What became of a run.
 *
 * @param seed of the run
 * @param hash of everything that happened; equal for two runs of one plan on any JVM
 * @param events items taken from the simulator's queue
 * @param simulatedNanos of virtual time
 * @param operations that clients and embedders asked for
 * @param faults how often each kind struck
 * @param marks how often each named rare event occurred
 * @param schedule the faults that struck, to be given to another run
 * @param failure what a check saw, or {@code null} if everything held
 * @param nodes how many voters there were
 * @param clients how many clients there were
 */
public record RunReport(
    long seed,
    long hash,
    long events,
    long simulatedNanos,
    long operations,
    SortedMap<String, Long> faults,
    SortedMap<String, Long> marks,
    FaultSchedule schedule,
    @Nullable SimulationFailure failure,
    int nodes,
    int clients) {
  /** Copies the maps. */
  public RunReport {
    faults = Collections.unmodifiableSortedMap(new TreeMap<>(faults));
    marks = Collections.unmodifiableSortedMap(new TreeMap<>(marks));
  }

  /** Whether every check held. */
  public boolean passed() {
    return failure == null;
  }

  /**
   * This, if every check held.
   *
   * @throws SimulationFailure what a check saw otherwise
   */
  public RunReport requirePassed() {
    if (failure != null) {
      throw failure;
    }
    return this;
  }
}
