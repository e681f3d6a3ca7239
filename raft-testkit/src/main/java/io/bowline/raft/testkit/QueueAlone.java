package io.bowline.raft.testkit;

/**
 * The simulator's queue with nothing to do: the bound for the speed of a run. So many events are in
 * it as in a run, and each does nothing but put itself back.
 */
public final class QueueAlone {
  /** As many as wait in a run of the default mix. */
  private static final int EVENTS = 256;

  private static final int STEPS_BETWEEN_LOOKS = 1 << 16;

  private QueueAlone() {}

  /**
   * Runs it for so long.
   *
   * @param nanos of wall time, more than 0
   * @return events per second
   */
  public static double eventsPerSecond(long nanos) {
    Simulation simulation = new Simulation(1);
    Prng random = simulation.random("queue alone");
    for (int i = 0; i < EVENTS; i++) {
      simulation.at(random.nextLong(1_000_000), new Idle(simulation, random));
    }
    long began = System.nanoTime();
    long took;
    do {
      for (int i = 0; i < STEPS_BETWEEN_LOOKS; i++) {
        simulation.stepBefore(Long.MAX_VALUE);
      }
      took = System.nanoTime() - began;
    } while (took < nanos);
    return simulation.trace().events() * 1e9 / took;
  }

  private static final class Idle extends Event {
    private final Simulation simulation;
    private final Prng random;

    Idle(Simulation simulation, Prng random) {
      super(Kind.WORLD, 0);
      this.simulation = simulation;
      this.random = random;
    }

    @Override
    void happen() {
      simulation.at(simulation.now() + random.nextLong(1_000_000), this);
    }
  }
}
