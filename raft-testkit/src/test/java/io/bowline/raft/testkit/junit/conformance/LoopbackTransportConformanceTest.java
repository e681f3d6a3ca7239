package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.transport.Transport;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A transport within one process passes: what is bent in {@link WrongTransports} is right here. */
class LoopbackTransportConformanceTest extends TransportConformance {
  private final LoopbackNet net = new LoopbackNet();

  @Override
  protected Transport create(@Nullable String address) {
    return new LoopbackTransport(net, address);
  }

  @Override
  protected List<String> refusals() {
    return net.refusals;
  }

  @Override
  protected Duration aWhile() {
    return Duration.ofMillis(40); // a dozen looks at what is missing
  }

  @Override
  protected Cable cable(String address) {
    return net.lay(address);
  }
}
