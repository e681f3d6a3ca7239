package io.bowline.raft.testkit;

import io.bowline.raft.RaftNode;
import io.bowline.raft.model.Outcome;
import java.util.concurrent.CompletableFuture;

/**
 * Who runs a node and asks it directly, without a session and without a retry: so that each outcome
 * of a proposal is seen as the node gives it.
 */
final class Embedder {
  private final Simulation simulation;
  private final History history;
  private final int slot;
  private final Life life;
  private final RaftNode<LedgerOp, LedgerAnswer> node;
  private final Prng random;

  Embedder(
      Cluster cluster, int slot, Life life, RaftNode<LedgerOp, LedgerAnswer> node, Prng random) {
    this.simulation = cluster.simulation();
    this.history = cluster.history();
    this.slot = slot;
    this.life = life;
    this.node = node;
    this.random = random;
  }

  /** Asks now and then; never if the mean is 0. */
  void begin(long meanNanos) {
    if (meanNanos > 0) {
      askLater(meanNanos);
    }
  }

  private void askLater(long meanNanos) {
    simulation.at(
        simulation.now() + random.exponential(meanNanos),
        new Event(Event.Kind.CLIENT, life) {
          @Override
          void happen() {
            if (!history.isEnded()) {
              simulation.run(Embedder.this::ask);
              askLater(meanNanos);
            }
          }
        });
  }

  private void ask() {
    boolean query = random.nextInt(3) == 0;
    History.Call call = history.invoked(slot, query, random);
    CompletableFuture<Outcome<LedgerAnswer>> future =
        query ? node.read(call.op()) : node.propose(call.op());
    CompletableFuture<?> unused =
        future.whenComplete(
            (outcome, thrown) -> {
              if (!life.isDead()) {
                history.returned(call, outcome, thrown);
              }
            });
  }
}
