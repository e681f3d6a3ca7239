package io.bowline.raft;

import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.runtime.Foreign;
import io.bowline.raft.runtime.NodeEnvironment;
import io.bowline.raft.runtime.NodeEvents;
import io.bowline.raft.runtime.NodeWorld;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Turns a node's events into calls of the embedder's listener: one at a time, in order, on the
 * callback executor, whatever that executor does.
 */
final class ListenerAdapter implements NodeEvents {
  private final RaftListener listener;
  private final Executor executor;
  private final Foreign foreign;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  // Raft stage only.
  private boolean leads;
  private long ledTerm;
  private boolean serving;
  private @Nullable NodeId leader;
  private long leaderTerm;

  ListenerAdapter(RaftListener listener, NodeWorld world) {
    this.listener = listener;
    this.foreign = world.foreign();
    this.executor = world.executor(NodeEnvironment.Stage.CALLBACK);
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
    tell(() -> listener.halted(reason));
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
      foreign.call("a RaftListener", call); // whatever becomes of it, the next events follow
    }
  }
}
