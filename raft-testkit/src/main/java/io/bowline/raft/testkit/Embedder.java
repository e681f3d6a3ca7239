package io.bowline.raft.testkit;

import io.bowline.raft.RaftNode;
import io.bowline.raft.model.Outcome;
import java.util.concurrent.CompletableFuture;

/**
 * Who runs a node and asks it directly, without a session and without a retry: so that each outcome
 * of a proposal is seen as the node gives it.
 */
final class Embedder<C, R> {
  private final Simulation simulation;
  private final History<C, R> history;
  private final int slot;
  private final Life life;
  private final RaftNode<C, R> node;
  private final Prng random;
  private final ForeignCode foreign;
  private boolean ended;
  private boolean asks;

  Embedder(
      Service<C, R> service,
      int slot,
      Life life,
      RaftNode<C, R> node,
      Prng random,
      ForeignCode foreign) {
    this.foreign = foreign;
    this.simulation = service.simulation();
    this.history = service.history();
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

  /** Asks no more: its node is closed. */
  void end() {
    ended = true;
  }

  private void askLater(long meanNanos) {
    simulation.at(
        simulation.now() + random.exponential(meanNanos),
        new Event(Event.Kind.CLIENT, life) {
          @Override
          void happen() {
            if (!history.isEnded() && !ended) {
              simulation.run(() -> ask());
              askLater(meanNanos);
            }
          }
        });
  }

  private void ask() {
    boolean query = random.nextInt(3) == 0;
    History.Call<C> call = history.invoked(slot, query, random);
    call.endsWithin(ServedGroup.PROPOSAL_TIMEOUT.toNanos());
    CompletableFuture<Outcome<R>> future;
    try {
      future = call.isQuery() ? node.read(call.value()) : node.propose(call.value());
    } catch (Exception | Error thrown) {
      if (!Thrown.isForeign(thrown)) {
        throw thrown;
      }
      history.neverAsked(call); // the codec's exception comes to who has asked
      return;
    }
    history.sent();
    asks = true;
    CompletableFuture<?> unused =
        future.whenComplete(
            (outcome, thrown) -> {
              if (!life.isDead()) {
                history.returned(call, outcome, thrown);
                if (!asks) { // refused at once it is called by who asks, on his own thread
                  foreign.called(Seam.CALLBACK);
                }
              }
            });
    asks = false;
  }
}
