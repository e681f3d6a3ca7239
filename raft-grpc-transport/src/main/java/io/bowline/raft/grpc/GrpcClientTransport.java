package io.bowline.raft.grpc;

import io.bowline.raft.client.ClientTransport;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How {@code RaftClient} reaches nodes over gRPC: one connection and one stream for each address.
 */
public final class GrpcClientTransport implements ClientTransport {
  private final int maxReplyBytes;
  private final long queueBytes;
  private final Timer timer = new Timer("bowline-grpc-client-timer");
  private final Set<GrpcClientConnection> connections = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private GrpcClientTransport(Builder builder) {
    this.maxReplyBytes = builder.maxReplyBytes;
    this.queueBytes = builder.queueBytes;
  }

  /** A builder; all it holds has a default. */
  public static Builder builder() {
    return new Builder();
  }

  /** With the defaults. */
  public static GrpcClientTransport create() {
    return builder().build();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the address is not {@code host:port}
   */
  @Override
  public Connection connect(String address, Listener listener) {
    HostPort.parse("node address", address);
    if (closed) {
      throw new IllegalStateException("the client transport is closed");
    }
    GrpcClientConnection connection = new GrpcClientConnection(this, address, listener);
    connections.add(connection);
    connection.dial();
    if (closed) {
      connection.close();
    }
    return connection;
  }

  int maxReplyBytes() {
    return maxReplyBytes;
  }

  long queueBytes() {
    return queueBytes;
  }

  void after(long nanos, Runnable task) {
    timer.after(nanos, task);
  }

  void over(GrpcClientConnection connection) {
    connections.remove(connection);
  }

  @Override
  public void close() {
    closed = true;
    connections.forEach(GrpcClientConnection::close);
    timer.close();
  }

  /** A client transport's limits. */
  public static final class Builder {
    private int maxReplyBytes = 16 << 20;
    private long queueBytes = 4 << 20;

    private Builder() {}

    /** The largest reply that is taken; a larger one ends {@code Unknown}. Default 16 MiB. */
    public Builder maxReplyBytes(int bytes) {
      if (bytes <= 0) {
        throw new IllegalArgumentException("maxReplyBytes " + bytes + " must be positive");
      }
      maxReplyBytes = bytes;
      return this;
    }

    /** Bytes that may wait for one node before {@code send} returns false. Default 4 MiB. */
    public Builder queueBytes(long bytes) {
      if (bytes <= 0) {
        throw new IllegalArgumentException("queueBytes " + bytes + " must be positive");
      }
      queueBytes = bytes;
      return this;
    }

    /** The transport. */
    public GrpcClientTransport build() {
      return new GrpcClientTransport(this);
    }
  }
}
