package io.bowline.raft.grpc;

import io.bowline.raft.model.GroupId;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The listening side: peers, clients and health on one port. The only class that knows netty, for
 * {@code io.grpc} alone cannot bind to one address of several.
 */
final class GrpcListener {
  private static final long CLOSE_SECONDS = 5;

  private final Server server;
  private final HealthStatusManager health;

  private GrpcListener(Server server, HealthStatusManager health) {
    this.server = server;
    this.health = health;
  }

  /** Listens; throws a BindException that says what to do if it cannot. */
  static GrpcListener open(HostPort listen, PeerContext context) throws IOException {
    HealthStatusManager health = new HealthStatusManager();
    Server server =
        NettyServerBuilder.forAddress(resolve(listen), InsecureServerCredentials.create())
            .directExecutor() // callbacks only hand over
            .maxInboundMessageSize(Bounds.INBOUND_BYTES)
            .permitKeepAliveTime(Channels.KEEPALIVE_SECONDS / 2, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .keepAliveTime(Channels.KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(Channels.KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .addService(peers(context))
            .addService(ClientService.define(context))
            .addService(health.getHealthService())
            .build();
    try {
      server.start();
    } catch (IOException e) {
      server.shutdownNow();
      throw cannotListen(listen, e);
    }
    return new GrpcListener(server, health);
  }

  private static InetSocketAddress resolve(HostPort listen) throws IOException {
    try {
      return listen.resolve();
    } catch (UnknownHostException e) {
      throw refused(listen, "the name is unknown: give an address of this machine", e);
    }
  }

  private static IOException cannotListen(HostPort listen, IOException e) {
    Throwable root = e;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      root = cause;
    }
    String detail = String.valueOf(root.getMessage());
    String wayOut =
        detail.contains("in use")
            ? "the port is in use: stop the process that holds it (ss -ltnp shows it), or listen"
                + " on another port; port 0 takes any free one"
            : detail + ": give an address of this machine and a port that this user may open";
    return refused(listen, wayOut, e);
  }

  private static BindException refused(HostPort listen, String wayOut, IOException cause) {
    BindException refused = new BindException("cannot listen on " + listen + ": " + wayOut);
    refused.initCause(cause);
    return refused;
  }

  private static ServerServiceDefinition peers(PeerContext context) {
    ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(Methods.PEER);
    for (ConnectionKind kind : ConnectionKind.values()) {
      service.addMethod(
          Methods.served(Methods.PEER, kind.rpc()),
          (call, headers) -> PeerEndpoint.serve(context, kind, call));
    }
    return service.build();
  }

  /** The process does not serve any more, whatever its groups do: it begins to close. */
  void leaving() {
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
  }

  int port() {
    return server.getPort();
  }

  /** What the health service answers for a group; {@code null}: it knows no such group. */
  void health(GroupId group, @Nullable Boolean serving) {
    if (serving == null) {
      health.clearStatus(group.value());
    } else {
      health.setStatus(group.value(), serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }
  }

  void close() {
    health.enterTerminalState();
    server.shutdownNow();
    try {
      server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
