package io.bowline.raft.grpc;

import io.bowline.raft.logging.GuardedLog;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.transport.LocalNode;
import io.bowline.raft.transport.Transport;
import io.bowline.raft.transport.TransportHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The transport of a host over gRPC: it listens, serves peers, clients and health, and dials each
 * peer with two connections, one for control and one for entries.
 *
 * <pre>{@code
 * GrpcTransport transport = GrpcTransport.builder().listen("10.0.0.7:4000").build();
 * }</pre>
 */
public final class GrpcTransport implements Transport {
  private static final GuardedLog log = GuardedLog.of(GrpcTransport.class);

  private final HostPort listen;
  private final @Nullable HostPort advertised;
  private final TransportLimits limits;
  private final RepeatedWarnings warnings = new RepeatedWarnings(log, System::nanoTime);
  private final Timer timer = new Timer("bowline-grpc-timer");

  private volatile @Nullable PeerContext context;
  private volatile @Nullable PeerLinks links;
  private volatile @Nullable GrpcListener listener;
  private volatile @Nullable String address;
  private boolean closed;

  private GrpcTransport(Builder builder, HostPort listen) {
    this.listen = listen;
    this.advertised = builder.advertised;
    this.limits = builder.limits;
  }

  /** A builder; only the address to listen on must be given. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public synchronized void start(LocalNode local, TransportHandler handler) throws IOException {
    if (context != null || closed) {
      throw new IllegalStateException("a transport is started once; build another one");
    }
    PeerContext started = new PeerContext(local, handler, limits, warnings, timer, this::seen);
    GrpcListener open = GrpcListener.open(listen, started);
    listener = open;
    address = reachable(open.port());
    links = new PeerLinks(started);
    context = started;
    log.info("listening", "node", local.node(), "address", address());
  }

  @Override
  public synchronized void openGroup(GroupId group) {
    PeerContext started = started();
    if (!closed && started.groups.add(group)) {
      listening().health(group, false);
      dialled().refresh();
      // Not on the caller's thread: it may hold what the handler needs in order to judge a hello.
      started.after(0, () -> groupOpened(started, group));
    }
  }

  private static void groupOpened(PeerContext started, GroupId group) {
    for (PeerStream stream : started.streams) {
      if (stream instanceof PeerEndpoint endpoint) {
        endpoint.groupOpened(group);
      }
    }
  }

  @Override
  public synchronized void closeGroup(GroupId group) {
    PeerContext started = started();
    if (started.groups.remove(group)) {
      listening().health(group, false); // before its links go, so that nobody is sent here in vain
      started.streams.forEach(stream -> stream.groupClosed(group));
      dialled().forget(group);
      listening().health(group, null);
    }
  }

  @Override
  public synchronized void peers(GroupId group, Map<NodeId, List<String>> addresses) {
    started();
    if (!closed) {
      dialled().peers(group, addresses);
    }
  }

  private void seen(NodeId peer) {
    PeerLinks known = links;
    if (known != null) {
      known.seen(peer);
    }
  }

  @Override
  public boolean send(GroupId group, Peer to, Message message) {
    PeerContext started = context;
    return started != null && started.send(group, to, message);
  }

  @Override
  public void reset(GroupId group, Peer peer, String reason) {
    started().reset(group, peer, Bounds.text(reason));
  }

  @Override
  public synchronized void health(GroupId group, boolean serving) {
    if (started().groups.contains(group)) {
      listening().health(group, serving);
    }
  }

  @Override
  public void leaving() {
    listening().leaving();
  }

  @Override
  public String address() {
    String known = address;
    if (known == null) {
      throw new IllegalStateException("the transport must be started first");
    }
    return known;
  }

  /** Once, for to ask for the machine's name may take its time. */
  private String reachable(int port) {
    HostPort base = advertised == null ? listen : advertised;
    HostPort reachable = base.port() == 0 ? base.withPort(port) : base;
    return (reachable.isWildcard() ? new HostPort(hostName(), reachable.port()) : reachable)
        .toString();
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private GrpcListener listening() {
    GrpcListener open = listener;
    if (open == null) {
      throw new IllegalStateException("the transport must be started first");
    }
    return open;
  }

  private PeerLinks dialled() {
    PeerLinks known = links;
    if (known == null) {
      throw new IllegalStateException("the transport must be started first");
    }
    return known;
  }

  private PeerContext started() {
    PeerContext started = context;
    if (started == null) {
      throw new IllegalStateException("the transport must be started first");
    }
    return started;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    PeerContext started = context;
    if (started != null) {
      started.close();
      dialled().close();
    }
    timer.close();
    GrpcListener open = listener;
    if (open != null) {
      open.close();
    }
  }

  /** What a transport is made of. */
  public static final class Builder {
    private @Nullable HostPort listen;
    private @Nullable HostPort advertised;
    private TransportLimits limits = TransportLimits.defaults();

    private Builder() {}

    /**
     * Where to listen.
     *
     * @param address {@code host:port}; {@code 0.0.0.0} is every address of the machine, port 0 any
     *     free port
     * @throws IllegalArgumentException if it is no such address
     */
    public Builder listen(String address) {
      listen = HostPort.parse("listen address", address);
      return this;
    }

    /**
     * Where others reach this host, if not where it listens.
     *
     * @param address {@code host:port}; port 0 is the port on which it listens
     * @throws IllegalArgumentException if it is no such address
     */
    public Builder advertise(String address) {
      advertised = HostPort.parse("advertised address", address);
      return this;
    }

    /**
     * How many bytes may wait for one peer before more is dropped; defaults: 256 KiB of control
     * messages, 16 MiB of entries.
     */
    public Builder peerQueueBytes(long controlBytes, long entriesBytes) {
      if (controlBytes <= 0 || entriesBytes <= 0) {
        throw new IllegalArgumentException(
            "peerQueueBytes " + controlBytes + ", " + entriesBytes + " must be positive");
      }
      limits = limits.withPeerQueues(controlBytes, entriesBytes);
      return this;
    }

    /** The transport, not started. */
    public GrpcTransport build() {
      if (listen == null) {
        throw new IllegalArgumentException("listen address is missing: listen(\"host:port\")");
      }
      return new GrpcTransport(this, listen);
    }
  }
}
