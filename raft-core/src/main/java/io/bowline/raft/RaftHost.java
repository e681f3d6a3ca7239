package io.bowline.raft;

import io.bowline.raft.logging.GuardedLog;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Problems;
import io.bowline.raft.runtime.Foreign;
import io.bowline.raft.runtime.NodeEnvironment;
import io.bowline.raft.runtime.NodeMetrics;
import io.bowline.raft.runtime.RealEnvironment;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.transport.LocalNode;
import io.bowline.raft.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * One node of a cluster in this process: its id, its transport, its threads. Opens a {@link
 * RaftNode} for each group. Safe from any thread.
 */
public final class RaftHost implements AutoCloseable {
  private static final GuardedLog LOG = GuardedLog.of(RaftHost.class);

  private final ClusterId cluster;
  private final NodeId node;
  private final Transport transport;
  private final NodeEnvironment environment;
  private final @Nullable RaftMetrics metrics;
  private final boolean ownsEnvironment;
  private final int maxMessageBytes;
  final Map<GroupId, RaftNode<?, ?>> groups = new ConcurrentHashMap<>();

  /** Nodes that are not closed to the end, those among them whose group may be opened again. */
  private final Set<RaftNode<?, ?>> unclosed = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  private RaftHost(
      ClusterId cluster,
      NodeId node,
      Transport transport,
      NodeEnvironment environment,
      boolean ownsEnvironment,
      @Nullable RaftMetrics metrics,
      int maxMessageBytes) {
    this.cluster = cluster;
    this.node = node;
    this.transport = transport;
    this.environment = environment;
    this.ownsEnvironment = ownsEnvironment;
    this.metrics = metrics;
    this.maxMessageBytes = maxMessageBytes;
  }

  /**
   * Describes a host.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Describes a group that this host is to serve.
   *
   * @param group its id
   * @param stateMachine what is replicated
   * @param <C> a command
   * @param <R> a reply
   * @return a builder whose {@code bootstrap} or {@code resume} opens the node
   */
  public <C, R> GroupBuilder<C, R> group(GroupId group, StateMachine<C, R> stateMachine) {
    return new GroupBuilder<>(this, group, stateMachine);
  }

  /**
   * Where other nodes and clients reach this host.
   *
   * @return {@code host:port}
   */
  public String address() {
    return transport.address();
  }

  /**
   * This host's id within its cluster.
   *
   * @return the id
   */
  public NodeId node() {
    return node;
  }

  ClusterId cluster() {
    return cluster;
  }

  Transport transport() {
    return transport;
  }

  NodeEnvironment environment() {
    return environment;
  }

  int maxMessageBytes() {
    return maxMessageBytes;
  }

  NodeMetrics metricsOf(GroupId group, Foreign foreign) {
    NodeMetrics[] made = {NodeMetrics.NONE};
    RaftMetrics given = metrics;
    if (given != null) {
      foreign.call("the metrics", () -> made[0] = new MetricsAdapter(given.node(group, node)));
    }
    return made[0];
  }

  /** Serves that node from now on; null, or why not. */
  @Nullable String add(RaftNode<?, ?> opened) {
    synchronized (unclosed) {
      if (closed) {
        return closedText();
      }
      if (groups.putIfAbsent(opened.group(), opened) != null) {
        return "group '" + opened.group() + "' was opened on this host meanwhile";
      }
      unclosed.add(opened);
      return null;
    }
  }

  /** Refuses what would be opened on a host that is closed. */
  void requireOpen() throws RaftException {
    if (closed) {
      throw new RaftException(closedText());
    }
  }

  private String closedText() {
    return "host " + node + " is closed: open another one for this group";
  }

  /** Its directory is free: the group may be opened again. */
  void released(RaftNode<?, ?> ended) {
    groups.remove(ended.group(), ended);
  }

  void closed(RaftNode<?, ?> ended) {
    unclosed.remove(ended);
  }

  /**
   * Closes all groups, then the transport and the threads. Waits at most 10 s, however many groups
   * there are, and logs which are still open then. Idempotent.
   */
  @Override
  public void close() {
    close(RaftNode.CLOSE_TIMEOUT);
  }

  /**
   * Closes all groups at the same time, then the transport and the threads.
   *
   * @param patience how long to wait for all of them together
   * @return true if every group is closed as by {@link RaftNode#close(Duration)}; false if one was
   *     not in time
   */
  public boolean close(Duration patience) {
    try {
      transport.leaving();
    } catch (RuntimeException | Error e) { // not ours: the groups are closed all the same
      LOG.warn(e, "the transport threw: the call is lost", "node", node);
    }
    List<RaftNode<?, ?>> nodes;
    synchronized (unclosed) {
      closed = true;
      nodes = new ArrayList<>(unclosed);
    }
    List<CompletableFuture<?>> ends = new ArrayList<>();
    for (RaftNode<?, ?> group : nodes) {
      ends.add(group.end());
    }
    boolean all =
        RaftNode.await(
            CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0])), patience);
    if (!all) {
      nodes.forEach(group -> group.warnUnclosed(patience));
    }
    try {
      transport.close();
    } finally {
      if (ownsEnvironment && environment instanceof RealEnvironment real) {
        real.close();
      }
    }
    return all;
  }

  /** What a host needs. */
  public static final class Builder {
    private @Nullable ClusterId cluster;
    private @Nullable NodeId node;
    private @Nullable Transport transport;
    private @Nullable NodeEnvironment environment;
    private @Nullable RaftMetrics metrics;
    private @Nullable Executor callbackExecutor;
    private @Nullable Disk disk;
    private int maxMessageBytes = 8 << 20;

    private Builder() {}

    /**
     * Required.
     *
     * @param id nodes of another cluster are refused
     * @return this
     */
    public Builder cluster(ClusterId id) {
      cluster = id;
      return this;
    }

    /**
     * Required.
     *
     * @param id this node's name within the cluster
     * @return this
     */
    public Builder node(NodeId id) {
      node = id;
      return this;
    }

    /**
     * Required; the host starts and closes it.
     *
     * @param carrier not started yet
     * @return this
     */
    public Builder transport(Transport carrier) {
      transport = carrier;
      return this;
    }

    /**
     * Default: none.
     *
     * @param sink where figures go
     * @return this
     */
    public Builder metrics(RaftMetrics sink) {
      metrics = sink;
      return this;
    }

    /**
     * Where futures complete and listeners are called; default: threads of the host's own. A node's
     * callbacks are called in order and one at a time. They may call any method of this library
     * that returns at once, and should not block. One that waits nevertheless, for another outcome
     * for example, is overtaken after 50 ms to 100 ms: other callbacks of its node are then called
     * beside it, the newest first, on threads of the host, so that what it waits for comes, or its
     * deadline. At most 256 callbacks of a host may wait at once; beyond that outcomes are told
     * late. Other groups and deadlines never wait for a callback; what it throws is logged and
     * lost.
     *
     * @param executor runs tasks in order or beside one another; what it refuses runs on a thread
     *     of the host, which is logged; {@code execute} itself must not wait, for it is called on a
     *     stage of the node; {@code Runnable::run} is allowed for callbacks that never block
     * @return this
     */
    public Builder callbackExecutor(Executor executor) {
      callbackExecutor = executor;
      return this;
    }

    /**
     * Default: the file system.
     *
     * @param files decorates or replaces it
     * @return this
     */
    public Builder disk(Disk files) {
      disk = files;
      return this;
    }

    /**
     * Default 8 MiB: the most bytes of entries that are joined in one message to a peer. It bounds
     * batches only: a single entry is always sent, and always taken, whatever it is here and there.
     *
     * @param bytes 64 KiB to 64 MiB
     * @return this
     */
    public Builder maxMessageBytes(int bytes) {
      maxMessageBytes = bytes;
      return this;
    }

    /**
     * Replaces threads, clock, disk and random numbers all at once: the simulator's door.
     *
     * @param world used instead; the host does not close it
     * @return this
     */
    public Builder environment(NodeEnvironment world) {
      environment = world;
      return this;
    }

    /**
     * Starts the transport.
     *
     * @return the host, which serves no group yet
     * @throws io.bowline.raft.model.ConfigException naming what is missing
     * @throws RaftException if the transport cannot start: the port is in use, for one; or if the
     *     slf4j on the class path is older than 2.0
     */
    public RaftHost open() throws RaftException {
      Problems problems = new Problems("RaftHost");
      problems.given("cluster", cluster, "name the cluster, the same on all nodes");
      problems.given("node", node, "give this node an id of its own");
      problems.given("transport", transport, "give it a GrpcTransport");
      problems.within("maxMessageBytes", maxMessageBytes, 64 << 10, 64 << 20);
      problems.unless(
          environment == null || (callbackExecutor == null && disk == null),
          "environment=%s comes with an executor and a disk of its own: set it or them",
          environment);
      problems.throwIfAny();
      String unusable = GuardedLog.unusable(Logger.class);
      if (unusable != null) {
        throw new RaftException(unusable);
      }
      ClusterId ofCluster = Objects.requireNonNull(cluster);
      NodeId self = Objects.requireNonNull(node);
      Transport carrier = Objects.requireNonNull(transport);
      NodeEnvironment world = environment;
      boolean owns = world == null;
      if (world == null) {
        world =
            disk == null
                ? new RealEnvironment(self.value(), callbackExecutor)
                : new RealEnvironment(self.value(), callbackExecutor, disk);
      }
      RaftHost host = new RaftHost(ofCluster, self, carrier, world, owns, metrics, maxMessageBytes);
      try {
        carrier.start(
            new LocalNode(ofCluster, self, Membership.FEATURE_LEVEL, maxMessageBytes),
            new HostHandler(host));
      } catch (IOException e) {
        if (owns && world instanceof RealEnvironment real) {
          real.close();
        }
        throw new RaftException("the transport did not start: " + e.getMessage(), e);
      }
      return host;
    }
  }
}
