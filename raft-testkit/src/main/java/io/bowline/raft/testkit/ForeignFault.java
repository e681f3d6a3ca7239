package io.bowline.raft.testkit;

import io.bowline.raft.model.NodeId;
import io.bowline.raft.runtime.NodeEnvironment.Stage;

/**
 * What code does that is not the library's: state machine, codecs, listener, sink of figures,
 * callbacks and their executor. Its damage is bounded to the one call, or, where {@code apply}
 * throws, to this node with its true reason.
 */
public sealed interface ForeignFault extends Fault {
  @Override
  default FaultArea area() {
    return FaultArea.FOREIGN;
  }

  /** On which machine. */
  NodeId node();

  /**
   * The next calls at a seam throw.
   *
   * @param times so many of them
   */
  record ForeignThrows(NodeId node, Seam seam, Thrown what, int times) implements ForeignFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      cluster.foreign(slot, foreign -> foreign.throwsNext(seam, what, times));
      return () -> cluster.behaves(slot);
    }
  }

  /**
   * The next calls at a seam leave their thread interrupted.
   *
   * @param times so many of them
   */
  record ForeignInterrupts(NodeId node, Seam seam, int times) implements ForeignFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      cluster.foreign(slot, foreign -> foreign.interruptsNext(seam, times));
      return () -> cluster.behaves(slot);
    }
  }

  /**
   * The executor of callbacks refuses tasks.
   *
   * @param times the next so many
   */
  record ExecutorRejects(NodeId node, int times) implements ForeignFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      cluster.foreign(slot, foreign -> foreign.rejectsNext(times));
      return () -> cluster.behaves(slot);
    }
  }

  /**
   * The next call of the state machine, or of a listener or callback, comes back only after so
   * long; what it does is seen then.
   *
   * @param inCallback whether it is one of the callback stage
   */
  record ForeignBlocks(NodeId node, boolean inCallback, long nanos) implements ForeignFault {
    @Override
    public Runnable strike(Cluster cluster) {
      int slot = cluster.slot(node);
      SimulatedNode machine = cluster.node(slot);
      SimulatedEnvironment world = machine.environment();
      if (world == null) {
        return () -> {};
      }
      Marks marks = cluster.simulation().marks();
      if (inCallback) { // whoever waits for another call is told of it all the same
        marks.hitIf(nanos > machine.settings().electionTimeoutNanos(), Mark.CALLBACK_BLOCKED);
      } else {
        boolean late = nanos > ServedGroup.PROPOSAL_TIMEOUT.toNanos();
        marks.hitIf(late, Mark.APPLY_BLOCKED_PAST_DEADLINE);
      }
      world.stage(inCallback ? Stage.CALLBACK : Stage.APPLY).nextStands(nanos);
      return () -> {};
    }
  }

  /** The state machine takes so long for whatever it is given, be it a batch or a query. */
  record SlowApply(NodeId node, long nanos) implements ForeignFault {
    @Override
    public Runnable strike(Cluster cluster) {
      SimulatedNode machine = cluster.node(cluster.slot(node));
      SimulatedEnvironment world = machine.environment();
      if (world == null) {
        return () -> {};
      }
      long before = cluster.ghost().lastIndex();
      world.stage(Stage.APPLY).eachStands(nanos);
      return () -> {
        world.stage(Stage.APPLY).release();
        boolean served = cluster.ghost().lastIndex() > before;
        cluster.simulation().marks().hitIf(served, Mark.COMMITTED_WHILE_APPLY_IS_SLOW);
      };
    }
  }
}
