package io.bowline.raft.runtime;

import io.bowline.raft.core.Effect;
import io.bowline.raft.logging.GuardedLog;
import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.model.Peer;
import io.bowline.raft.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * What changes at a node, told to those outside: a line in the log, a figure, an event, and health
 * and ended streams to the transport. Remembers what it last said of the leader.
 */
final class NodeReports {
  private static final GuardedLog LOG = GuardedLog.of(NodeRuntime.class);

  private final GroupId group;
  private final NodeId self;
  private final Transport transport;
  private final Foreign foreign;
  private final NodeEvents events;
  private final NodeMetrics metrics;
  private volatile LeaderView view = LeaderView.NONE;

  NodeReports(
      GroupId group,
      NodeId self,
      Transport transport,
      Foreign foreign,
      NodeEvents events,
      NodeMetrics metrics) {
    this.group = group;
    this.self = self;
    this.transport = transport;
    this.foreign = foreign;
    this.events = events;
    this.metrics = metrics;
  }

  /** Role, term, leader and where it listens, as last told. Any thread. */
  LeaderView view() {
    return view;
  }

  /** The group has all of its initial members, and this node is one of them. */
  void founded(Membership record) {
    LOG.info(
        "group " + group + " is founded, node " + self + " is complete",
        "group",
        group,
        "node",
        self,
        "founding",
        FoundingId.of(record));
  }

  /** Raft stage: role, term or known leader changed. */
  void roleChanged(Effect.RoleChanged change, @Nullable String leaderAddress) {
    view = new LeaderView(change.role(), change.term(), change.leader(), leaderAddress);
    LOG.info(
        "role changed",
        "group",
        group,
        "node",
        self,
        "term",
        change.term(),
        "role",
        change.role(),
        "leader",
        change.leader());
    metrics.set("bowline.term", change.term());
    events.roleChanged(change.role(), change.term(), change.leader());
  }

  /** Raft stage: another membership is in force. */
  void membershipChanged(Membership membership) {
    events.membershipChanged(membership);
  }

  /** Raft stage: what that directory said cannot be, or it answers no more. */
  void reset(Peer peer, String reason) {
    LOG.warn(
        null,
        "streams of " + peer.id() + " are ended: " + reason,
        "group",
        group,
        "node",
        self,
        "peer",
        peer);
    foreign.call("the transport", () -> transport.reset(group, peer, reason));
  }

  /** Raft stage: what another node says contradicts what is committed here (STORAGE P4). */
  void unhealthy(String reason) {
    LOG.error(
        null,
        "the group is unhealthy: " + reason + "; see docs/operations/damaged-log.md",
        "group",
        group,
        "node",
        self);
  }

  void warn(String message) {
    LOG.warn(null, message, "group", group, "node", self);
  }

  /** Raft stage: whether the node serves from now on, and if not, why. */
  void serves(Health.@Nullable Trouble trouble) {
    if (trouble == Health.Trouble.DISK_STALLED || trouble == Health.Trouble.APPLY_STUCK) {
      warn("does not serve: " + trouble.meaning());
    }
    boolean now = trouble == null;
    foreign.call("the transport", () -> transport.health(group, now));
    events.serving(now);
  }

  /** The last role of a node that ends, and before it, why it halted. */
  void ended(@Nullable String halted, @Nullable Throwable cause) {
    if (halted != null) {
      LOG.error(cause, "node halted: " + halted, "group", group, "node", self);
    }
    events.roleChanged(NodeRole.FOLLOWER, view.term(), null);
  }
}
