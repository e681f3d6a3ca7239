package io.bowline.raft;

import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.runtime.Query;
import java.util.concurrent.CompletableFuture;

/** A read asked in this process: ends in a future. */
final class LocalQuery<C, R> extends Query {
  private final RaftNode<C, R> node;
  private final C query;
  private final CompletableFuture<Outcome<R>> outcome = new CompletableFuture<>();

  LocalQuery(RaftNode<C, R> node, C query, long deadlineNanos) {
    super(0, deadlineNanos, null);
    this.node = node;
    this.query = query;
  }

  CompletableFuture<Outcome<R>> outcome() {
    return outcome;
  }

  @Override
  protected Answer run(long lastApplied) {
    try {
      R answer = node.adapter().query(query);
      return new Answer(() -> outcome.complete(new Outcome.Committed<>(lastApplied, answer)), 0);
    } catch (Exception | Error e) {
      Refusal why = StateMachineAdapter.queryThrew(e);
      return new Answer(() -> refused(why), 0);
    }
  }

  @Override
  protected void refused(Refusal refusal) {
    outcome.complete(new Outcome.NotCommitted<>(refusal, node.runtime().view().leader()));
  }
}
