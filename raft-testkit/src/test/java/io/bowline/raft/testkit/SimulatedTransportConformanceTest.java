package io.bowline.raft.testkit;

import io.bowline.raft.testkit.junit.conformance.Cable;
import io.bowline.raft.testkit.junit.conformance.TransportConformance;
import io.bowline.raft.transport.Transport;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The simulator's transport, over a calm network: one thread, and its own time. */
class SimulatedTransportConformanceTest extends TransportConformance {
  private static final Duration STEP = Duration.ofMillis(5);

  private final Simulation simulation = new Simulation(1);
  private final SimulatedNetwork network =
      new SimulatedNetwork(simulation, NetworkSettings.calm(), 4);
  private int lives;

  @Override
  protected Transport create(@Nullable String address) {
    int slot = address == null ? lives : Integer.parseInt(address.substring(1));
    String itsAddress = "m" + slot;
    network.listen(itsAddress, slot);
    return network.transport(new Life(slot, ++lives), itsAddress);
  }

  @Override
  protected boolean await(BooleanSupplier condition, Duration atMost) {
    long deadline = simulation.now() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (simulation.now() >= deadline) {
        return false;
      }
      simulation.run(STEP);
    }
    return true;
  }

  @Override
  protected @Nullable Cable cable(String address) {
    return null;
  }

  @Override
  protected boolean isSimulated() {
    return true;
  }
}
