package io.bowline.raft.grpc;

import io.bowline.raft.testkit.junit.conformance.TransportConformance;
import io.bowline.raft.transport.Transport;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** The transport that ships keeps the rules of the kit. */
class GrpcTransportConformanceTest extends TransportConformance {
  private final Warnings warnings = new Warnings();

  @AfterEach
  void stopListening() {
    warnings.close();
  }

  @Override
  protected Transport create(@Nullable String address) {
    return GrpcTransport.builder().listen(address == null ? "127.0.0.1:0" : address).build();
  }

  @Override
  protected List<String> refusals() {
    return warnings.of("refused");
  }
}
