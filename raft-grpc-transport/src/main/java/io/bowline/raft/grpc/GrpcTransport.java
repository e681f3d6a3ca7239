package io.bowline.raft.grpc;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.GroupHello;
import io.bowline.raft.transport.LocalNode;
import io.bowline.raft.transport.Transport;
import io.bowline.raft.transport.TransportHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transport of a host over gRPC: it listens, serves peers, clients and health, and dials each
 * peer with two connections, one for control and one for entries.
 *
 * <pre>{@code
 * GrpcTransport transport = GrpcTransport.builder().listen("10.0.0.7:4000").build();
 * }</pre>
 */
public final class GrpcTransport implements Transport {
  private static final Logger log = LoggerFactory.getLogger(GrpcTransport.class);

  private record Links(PeerLink control, PeerLink entries) {
    PeerLink of(ConnectionKind kind) {
      return kind == ConnectionKind.CONTROL ? control : entries;
    }
  }

  private final HostPort listen;
  private final @Nullable HostPort advertised;
  private final TransportLimits limits;
  private final RepeatedWarnings warnings = new RepeatedWarnings(log, System::nanoTime);
  private final Timer timer = new Timer("bowline-grpc-timer");

  /** What was said by {@link #peers}, guarded by this. */
  private final Map<GroupId, Map<NodeId, String>> members = new HashMap<>();

  private final Map<NodeId, Links> links = new ConcurrentHashMap<>();
  private volatile @Nullable PeerContext context;
  private volatile @Nullable GrpcListener listener;
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
    listener = GrpcListener.open(listen, started);
    context = started;
    log.atInfo()
        .addKeyValue("node", local.node())
        .addKeyValue("address", address())
        .log("listening");
  }

  @Override
  public synchronized void openGroup(GroupHello hello) {
    PeerContext started = started();
    started.groups.put(hello.group(), hello);
    listening().health(hello.group(), false);
    refresh();
    // Not on the caller's thread: it may hold what the handler needs in order to judge a hello.
    started.after(0, () -> started.endpoints.forEach(e -> e.groupOpened(hello.group())));
  }

  @Override
  public synchronized void closeGroup(GroupId group) {
    PeerContext started = started();
    started.groups.remove(group);
    listening().health(group, null);
    members.remove(group);
    started.endpoints.forEach(endpoint -> endpoint.groupClosed(group));
    connect(started);
  }

  @Override
  public synchronized void peers(GroupId group, Map<NodeId, String> addresses) {
    PeerContext started = started();
    Map<NodeId, String> dialable = new HashMap<>(addresses);
    dialable.entrySet().removeIf(member -> !isDialable(member.getKey(), member.getValue()));
    members.put(group, dialable);
    connect(started);
  }

  /** A membership entry may hold anything; the other members are served all the same. */
  private boolean isDialable(NodeId peer, String address) {
    try {
      HostPort.parse("address of member " + peer, address);
      return true;
    } catch (IllegalArgumentException e) {
      warnings.warn("a member cannot be reached", peer, String.valueOf(e.getMessage()));
      return false;
    }
  }

  /** Brings the links in line with what the groups want. */
  private void connect(PeerContext started) {
    Map<NodeId, String> wanted = new HashMap<>();
    Map<NodeId, Set<GroupId>> groups = new HashMap<>();
    members.forEach(
        (group, addresses) ->
            addresses.forEach(
                (peer, address) -> {
                  if (!peer.equals(started.local.node()) && !closed) {
                    wanted.put(peer, address);
                    groups.computeIfAbsent(peer, p -> new HashSet<>()).add(group);
                  }
                }));
    links.values().stream()
        .filter(link -> !link.control().address().equals(wanted.get(link.control().peer())))
        .toList()
        .forEach(this::drop);
    wanted.forEach(
        (peer, address) -> {
          Links link = links.get(peer);
          boolean dial = link == null;
          if (link == null) {
            link =
                new Links(
                    new PeerLink(started, peer, address, ConnectionKind.CONTROL),
                    new PeerLink(started, peer, address, ConnectionKind.ENTRIES));
            links.put(peer, link);
          }
          Set<GroupId> both = Set.copyOf(groups.getOrDefault(peer, Set.of()));
          link.control().groups(both);
          link.entries().groups(both);
          if (dial) {
            started.after(0, link.control()::dial); // not here: to make a channel takes its time
            started.after(0, link.entries()::dial);
          }
        });
  }

  private void drop(Links link) {
    links.remove(link.control().peer());
    link.control().close();
    link.entries().close();
  }

  private void refresh() {
    for (Links link : links.values()) {
      link.control().refresh();
      link.entries().refresh();
    }
  }

  private void seen(NodeId peer) {
    Links link = links.get(peer);
    if (link != null) {
      link.control().nudge();
      link.entries().nudge();
    }
  }

  @Override
  public boolean send(GroupId group, NodeId to, Message message) {
    PeerContext started = context;
    if (started == null) {
      return false;
    }
    ConnectionKind kind = ConnectionKind.of(message);
    if (ConnectionKind.isReply(message)) {
      PeerEndpoint endpoint = started.routes.get(new PeerContext.Route(group, to, kind));
      return endpoint != null && endpoint.send(group, message);
    }
    Links link = links.get(to);
    return link != null && link.of(kind).send(group, message);
  }

  @Override
  public void health(GroupId group, boolean serving) {
    if (started().groups.containsKey(group)) {
      listening().health(group, serving);
    }
  }

  @Override
  public String address() {
    GrpcListener open = listening();
    HostPort base = advertised == null ? listen : advertised;
    HostPort reachable = base.port() == 0 ? base.withPort(open.port()) : base;
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

  private PeerContext started() {
    PeerContext started = context;
    if (started == null) {
      throw new IllegalStateException("the transport must be started first");
    }
    return started;
  }

  @Override
  public void close() {
    GrpcListener open;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      links.values().stream().toList().forEach(this::drop);
      open = listener;
    }
    timer.close();
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
