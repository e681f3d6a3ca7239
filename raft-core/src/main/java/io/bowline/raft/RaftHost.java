package io.bowline.raft;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Problems;
import io.bowline.raft.runtime.NodeEnvironment;
import io.bowline.raft.runtime.NodeMetrics;
import io.bowline.raft.runtime.RealEnvironment;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.transport.LocalNode;
import io.bowline.raft.transport.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One node of a cluster in this process: its id, its transport, its threads. Opens a {@link
 * RaftNode} for each group. Safe from any thread.
 */
public final class RaftHost implements AutoCloseable {
  private final ClusterId cluster;
  private final NodeId node;
  private final Transport transport;
  private final NodeEnvironment environment;
  private final @Nullable RaftMetrics metrics;
  private final boolean ownsEnvironment;
  private final int maxMessageBytes;
  final Map<GroupId, RaftNode<?, ?>> groups = new ConcurrentHashMap<>();

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

  NodeMetrics metricsOf(GroupId group) {
    return metrics == null ? NodeMetrics.NONE : new MetricsAdapter(metrics.node(group, node));
  }

  /** Closes all groups in order, then the transport and the threads. Idempotent. */
  @Override
  public void close() {
    List<RaftNode<?, ?>> open = new ArrayList<>(groups.values());
    for (RaftNode<?, ?> group : open) {
      group.close();
    }
    transport.close();
    if (ownsEnvironment && environment instanceof RealEnvironment real) {
      real.close();
    }
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
     * Where futures complete and listeners are called; default: one thread of the host's own.
     *
     * @param executor runs tasks in order or beside one another; {@code Runnable::run} is allowed
     *     for callbacks that never block
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
     * Default 8 MiB: the largest message to and from peers; the same on all nodes is best.
     *
     * @param bytes 64 KiB to 256 MiB
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
     * @throws RaftException if the transport cannot start: the port is in use, for one
     */
    public RaftHost open() throws RaftException {
      Problems problems = new Problems("RaftHost");
      problems.given("cluster", cluster, "name the cluster, the same on all nodes");
      problems.given("node", node, "give this node an id of its own");
      problems.given("transport", transport, "give it a GrpcTransport");
      problems.within("maxMessageBytes", maxMessageBytes, 64 << 10, 256 << 20);
      problems.unless(
          environment == null || (callbackExecutor == null && disk == null),
          "environment=%s comes with an executor and a disk of its own: set it or them",
          environment);
      problems.throwIfAny();
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
        throw new RaftException("the transport did not start: " + e.getMessage(), e);
      }
      return host;
    }
  }
}
