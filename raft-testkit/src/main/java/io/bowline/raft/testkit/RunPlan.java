package io.bowline.raft.testkit;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which run it is: a seed, and what of it is not left to the seed.
 *
 * @param seed decides everything that is not pinned here
 * @param nodes how many voters, 1 to 7; 0 lets the seed draw
 * @param clients how many clients, 1 to 16; 0 lets the seed draw
 * @param areas in which faults may be drawn
 * @param schedule exactly these faults strike and none is drawn; {@code null} draws them
 * @param maxOperations after so many, clients ask for nothing more; {@link Long#MAX_VALUE} for no
 *     such end
 * @param length for which clients ask and faults strike, of virtual time, before everything is
 *     healed; {@code null} draws 10 to 40 s
 */
public record RunPlan(
    long seed,
    int nodes,
    int clients,
    Set<FaultArea> areas,
    @Nullable FaultSchedule schedule,
    long maxOperations,
    @Nullable Duration length) {

  /** Most voters that a run can have. */
  public static final int MAX_NODES = 7;

  /** Most clients that a run can have. */
  public static final int MAX_CLIENTS = 16;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if nodes or clients are not within them, or the number of
   *     operations or the length is negative
   */
  public RunPlan {
    if (nodes < 0 || nodes > MAX_NODES || clients < 0 || clients > MAX_CLIENTS) {
      throw new IllegalArgumentException(
          "0 to " + MAX_NODES + " nodes and 0 to " + MAX_CLIENTS + " clients, 0 for drawn ones");
    }
    if (maxOperations < 0) {
      throw new IllegalArgumentException("maxOperations is negative: " + maxOperations);
    }
    if (length != null && length.isNegative()) {
      throw new IllegalArgumentException("length is negative: " + length);
    }
    EnumSet<FaultArea> copy = EnumSet.noneOf(FaultArea.class);
    copy.addAll(areas);
    areas = Collections.unmodifiableSet(copy); // in the order of the enum
  }

  /** All that this seed draws, with all kinds of faults. */
  public static RunPlan of(long seed) {
    return new RunPlan(seed, 0, 0, EnumSet.allOf(FaultArea.class), null, Long.MAX_VALUE, null);
  }

  /** The same with another seed. */
  public RunPlan withSeed(long other) {
    return new RunPlan(other, nodes, clients, areas, schedule, maxOperations, length);
  }

  /** The same with so many voters, 0 for drawn. */
  public RunPlan withNodes(int count) {
    return new RunPlan(seed, count, clients, areas, schedule, maxOperations, length);
  }

  /** The same with so many clients, 0 for drawn. */
  public RunPlan withClients(int count) {
    return new RunPlan(seed, nodes, count, areas, schedule, maxOperations, length);
  }

  /** The same with faults drawn in these areas only. */
  public RunPlan withAreas(Set<FaultArea> some) {
    return new RunPlan(seed, nodes, clients, some, schedule, maxOperations, length);
  }

  /** The same with exactly these faults; {@code null} draws them again. */
  public RunPlan withSchedule(@Nullable FaultSchedule faults) {
    return new RunPlan(seed, nodes, clients, areas, faults, maxOperations, length);
  }

  /** The same with so many operations at most. */
  public RunPlan withMaxOperations(long most) {
    return new RunPlan(seed, nodes, clients, areas, schedule, most, length);
  }

  /** The same for so long; {@code null} draws it again. */
  public RunPlan withLength(@Nullable Duration time) {
    return new RunPlan(seed, nodes, clients, areas, schedule, maxOperations, time);
  }
}
