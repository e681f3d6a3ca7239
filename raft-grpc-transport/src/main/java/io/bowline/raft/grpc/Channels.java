package io.bowline.raft.grpc;

import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;

/** How both kinds of callers, peers and clients, dial. */
final class Channels {
  /** gRPC raises anything less to it; the kernel gives up after the timeout too. */
  static final long KEEPALIVE_SECONDS = 10;

  static final long KEEPALIVE_TIMEOUT_SECONDS = 5;

  static final CallOptions OPTIONS = CallOptions.DEFAULT.withOnReadyThreshold(Outbox.READY_BYTES);

  private Channels() {}

  /** A channel with one connection of its own, which callbacks share with nobody. */
  static ManagedChannel open(String address, int maxMessageBytes) {
    return Grpc.newChannelBuilder(Addresses.target(address), InsecureChannelCredentials.create())
        .directExecutor()
        .proxyDetector(target -> null) // nodes are neighbours, whatever the environment says
        .disableServiceConfigLookUp()
        .disableRetry()
        .maxInboundMessageSize(maxMessageBytes)
        .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .build();
  }

  /** Whether a stream ended because one side wanted it to, and has said why. */
  static boolean isOrderly(Status status) {
    return status.isOk()
        || (status.getCode() == Status.Code.CANCELLED && status.getCause() == null)
        || status.getCode() == Status.Code.FAILED_PRECONDITION;
  }

  /** A status in words. */
  static String describe(Status status) {
    StringBuilder text = new StringBuilder(status.getCode().toString());
    if (status.getDescription() != null) {
      text.append(": ").append(status.getDescription());
    }
    Throwable cause = status.getCause();
    if (cause != null && cause.getMessage() != null) {
      text.append(" (").append(cause.getMessage()).append(')');
    }
    return text.toString();
  }
}
