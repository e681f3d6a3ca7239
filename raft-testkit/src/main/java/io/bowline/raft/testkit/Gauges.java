package io.bowline.raft.testkit;

import io.bowline.raft.RaftMetrics;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;

/** What a node's figures say of it, for the checks; told at the moment at which it is so. */
final class Gauges implements RaftMetrics, RaftMetrics.Sink {
  private final ProtocolChecks protocol;
  private final int slot;
  private final Life life;
  private final ForeignCode foreign;
  private long sessions;
  private long openSessions;
  private long cached;

  Gauges(ProtocolChecks protocol, int slot, Life life, ForeignCode foreign) {
    this.foreign = foreign;
    this.protocol = protocol;
    this.slot = slot;
    this.life = life;
  }

  @Override
  public Sink node(GroupId group, NodeId node) {
    return group.equals(Cluster.GROUP) ? this : new Unheard();
  }

  /** Of the neighbour, whose figures nobody checks. */
  private final class Unheard implements Sink {
    @Override
    public void set(String name, long value) {
      foreign.called(Seam.METRICS);
    }

    @Override
    public void set(String name, NodeId peer, long value) {
      foreign.called(Seam.METRICS);
    }

    @Override
    public void add(String name, long delta) {
      foreign.called(Seam.METRICS);
    }

    @Override
    public void time(String name, long nanos) {
      foreign.called(Seam.METRICS);
    }
  }

  @Override
  public void set(String name, long value) {
    if (life.isDead()) {
      return;
    }
    seen(name, value);
    foreign.called(Seam.METRICS); // told all the same: the checks must not be blind
  }

  private void seen(String name, long value) {
    if (name.equals("bowline.commit.index")) {
      protocol.committed(slot, value);
    } else if (name.equals("bowline.sessions.hash")) {
      sessions = value;
    } else if (name.equals("bowline.sessions.open")) {
      protocol.marks().hitIf(value < openSessions, Mark.SESSION_ENDED);
      openSessions = value;
    } else if (name.equals("bowline.log.cache.bytes")) {
      cached = value;
    } else if (name.equals("bowline.apply.index")) { // comes behind those of the same batch
      protocol.applied(slot, value);
      protocol.sessions(slot, value, sessions);
      protocol.cached(slot, value, cached);
    }
  }

  @Override
  public void set(String name, NodeId peer, long value) {
    foreign.called(Seam.METRICS);
  }

  @Override
  public void add(String name, long delta) {
    foreign.called(Seam.METRICS);
  }

  @Override
  public void time(String name, long nanos) {
    foreign.called(Seam.METRICS);
  }
}
