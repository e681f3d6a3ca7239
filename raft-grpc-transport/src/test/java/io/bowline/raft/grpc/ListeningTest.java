package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.LocalNode;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.net.BindException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The listening side: addresses, errors, health. */
class ListeningTest {
  private static final LocalNode NODE = new LocalNode(TestHost.CLUSTER, NodeId.of("n1"), 1, 1000);

  @Test
  void portZeroTakesAnyFreePort() throws IOException {
    try (TestHost host = TestHost.start("n1")) {
      assertThat(host.transport.address()).matches("127\\.0\\.0\\.1:[1-9]\\d+");
    }
  }

  @Test
  void theAdvertisedAddressIsWhatOthersAreTold() throws IOException {
    GrpcTransport.Builder builder =
        GrpcTransport.builder().listen("0.0.0.0:0").advertise("node-1.example:0");
    try (TestHost host = TestHost.start(builder, NODE)) {
      assertThat(host.transport.address()).matches("node-1\\.example:[1-9]\\d+");
    }
  }

  @Test
  void allAddressesAreAdvertisedByTheMachinesName() throws IOException {
    try (TestHost host = TestHost.start(GrpcTransport.builder().listen("0.0.0.0:0"), NODE)) {
      assertThat(host.transport.address()).doesNotContain("0.0.0.0");
    }
  }

  @Test
  void aPortInUseIsNamedWithAWayOut() throws IOException {
    try (TestHost first = TestHost.start("n1")) {
      String address = first.transport.address();

      assertThatThrownBy(
              () -> TestHost.start("n2", address, TestHost.CLUSTER, TestHost.MAX_MESSAGE_BYTES))
          .isInstanceOf(BindException.class)
          .hasMessageContaining("cannot listen on " + address + ": the port is in use")
          .hasMessageContaining("listen on another port");
    }
  }

  @Test
  void anAddressOfAnotherMachineIsNamed() {
    assertThatThrownBy(
            () -> TestHost.start("n1", "192.0.2.1:0", TestHost.CLUSTER, TestHost.MAX_MESSAGE_BYTES))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("cannot listen on 192.0.2.1:0")
        .hasMessageContaining("give an address of this machine");
  }

  @Test
  void anUnknownNameIsNamed() {
    assertThatThrownBy(
            () ->
                TestHost.start(
                    "n1", "no-such-host.invalid:0", TestHost.CLUSTER, TestHost.MAX_MESSAGE_BYTES))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("no-such-host.invalid:0");
  }

  @Test
  void whatIsNoAddressIsRefusedWhereItIsGiven() {
    for (String text : new String[] {"", "localhost", ":4000", "a:b", "a:70000", "a:-1"}) {
      assertThatThrownBy(() -> GrpcTransport.builder().listen(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("listen address '" + text + "' is not host:port");
    }
    assertThatThrownBy(() -> GrpcTransport.builder().build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("listen address is missing");
    assertThatThrownBy(() -> GrpcTransport.builder().advertise("x"))
        .hasMessageContaining("advertised address 'x'");
    assertThatThrownBy(() -> GrpcTransport.builder().peerQueueBytes(0, 1))
        .hasMessageContaining("peerQueueBytes 0, 1 must be positive");
  }

  @Test
  void aMembersAddressThatIsNoneIsWarnedOfAndTheOthersAreDialled() throws IOException {
    try (Warnings warnings = new Warnings();
        TestHost host = TestHost.start("n1").serve();
        TestHost other = TestHost.start("n3").serve()) {
      host.transport.peers(
          TestHost.GROUP,
          Map.of(
              NodeId.of("n2"), List.of("nowhere"), other.id, List.of(other.transport.address())));

      assertThat(warnings.of("a member cannot be reached", "address of member n2 'nowhere'"))
          .hasSize(1);
      await().until(() -> host.connected.size() == 1);
    }
  }

  @Test
  void whatNeedsAStartedTransportSaysSo() throws IOException {
    try (GrpcTransport transport = GrpcTransport.builder().listen("127.0.0.1:0").build()) {
      assertThatThrownBy(transport::address).hasMessageContaining("started first");
      assertThatThrownBy(() -> transport.openGroup(TestHost.GROUP))
          .hasMessageContaining("started first");
    }
    try (TestHost host = TestHost.start("n1")) {
      assertThatThrownBy(() -> host.transport.start(NODE, host))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("started once");
    }
  }

  @Test
  void closeFreesThePort() throws IOException {
    TestHost host = TestHost.start("n1");
    String address = host.transport.address();

    host.close();

    TestHost.start("n1", address, TestHost.CLUSTER, TestHost.MAX_MESSAGE_BYTES).close();
  }

  @Test
  void theHealthServiceAnswersForEachGroup() throws IOException {
    try (TestHost host = TestHost.start("n1")) {
      ManagedChannel channel =
          Grpc.newChannelBuilder(
                  "dns:///" + host.transport.address(), InsecureChannelCredentials.create())
              .proxyDetector(target -> null)
              .build();
      try {
        assertThat(status(channel, "")).isEqualTo(ServingStatus.SERVING);
        assertThatThrownBy(() -> status(channel, "main"))
            .isInstanceOf(StatusRuntimeException.class)
            .hasMessageContaining("NOT_FOUND");

        host.serve();
        assertThat(status(channel, "main")).isEqualTo(ServingStatus.NOT_SERVING);

        host.transport.health(TestHost.GROUP, true);
        assertThat(status(channel, "main")).isEqualTo(ServingStatus.SERVING);

        host.transport.closeGroup(TestHost.GROUP);
        assertThatThrownBy(() -> status(channel, "main")).hasMessageContaining("NOT_FOUND");
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @Test
  void theProcessServesUntilItsHostBeginsToClose() throws IOException {
    try (TestHost host = TestHost.start("n1")) {
      ManagedChannel channel =
          Grpc.newChannelBuilder(
                  "dns:///" + host.transport.address(), InsecureChannelCredentials.create())
              .proxyDetector(target -> null)
              .build();
      try {
        host.serve();
        host.transport.health(TestHost.GROUP, true);
        assertThat(status(channel, "")).isEqualTo(ServingStatus.SERVING);

        host.transport.leaving();

        assertThat(status(channel, "")).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(status(channel, "main"))
            .as("until it is closed")
            .isEqualTo(ServingStatus.SERVING);
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static ServingStatus status(ManagedChannel channel, String service) {
    return HealthGrpc.newBlockingStub(channel)
        .check(HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }
}
