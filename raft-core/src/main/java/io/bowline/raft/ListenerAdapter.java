package io.bowline.raft;

import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.runtime.NodeEnvironment;
import io.bowline.raft.runtime.NodeEvents;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a node's events into calls of the embedder's listener: one at a time, in order, on the
 * callback executor, whatever that executor does.
 */
final class ListenerAdapter implements NodeEvents {
  private static final Logger LOG = LoggerFactory.getLogger(ListenerAdapter.class);

  private final RaftListener listener;
  private final Executor executor;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  // Raft stage only.
  private boolean leads;
  private long ledTerm;
  private boolean serving;
  private @Nullable NodeId leader;
  private long leaderTerm;
  private volatile @Nullable String haltedBecause;

  ListenerAdapter(RaftListener listener, NodeEnvironment environment) {
    this.listener = listener;
    this.executor = environment.executor(NodeEnvironment.Stage.CALLBACK);
  }

  @Override
  public void roleChanged(NodeRole role, long term, @Nullable NodeId known) {
    boolean leadsNow = role == NodeRole.LEADER;
    if (leads && (!leadsNow || term != ledTerm)) {
      lost();
    }
    if (known == null ? leader != null : !known.equals(leader) || term != leaderTerm) {
      leader = known;
      leaderTerm = term;
      tell(() -> listener.leaderChanged(Optional.ofNullable(known), term));
    }
    if (leadsNow && !leads) {
      leads = true;
      ledTerm = term;
      tell(() -> listener.leadershipGained(term));
    }
  }

  private void lost() {
    leads = false;
    long term = ledTerm;
    tell(() -> listener.leadershipLost(term));
  }

  @Override
  public void membershipChanged(Membership membership) {}

  @Override
  public void serving(boolean now) {
    if (serving != now) {
      serving = now;
      tell(() -> listener.healthChanged(now));
    }
  }

  @Override
  public void halted(String reason, @Nullable Throwable cause) {
    haltedBecause = reason;
    if (leads) {
      lost();
    }
    tell(() -> listener.halted(reason));
  }

  /** The node was closed: whoever leads elsewhere, it is not this one. */
  void closed() {
    if (leads) {
      lost();
    }
  }

  @Nullable String haltedBecause() {
    return haltedBecause;
  }

  private void tell(Runnable call) {
    synchronized (waiting) {
      waiting.add(call);
      if (running) {
        return;
      }
      running = true;
    }
    executor.execute(this::drain);
  }

  private void drain() {
    while (true) {
      Runnable call;
      synchronized (waiting) {
        call = waiting.poll();
        if (call == null) {
          running = false;
          return;
        }
      }
      try {
        call.run();
      } catch (RuntimeException e) {
        LOG.atWarn().setCause(e).log("a RaftListener threw; the node goes on");
      }
    }
  }
}
