package io.bowline.raft;

import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionKey;
import io.bowline.raft.runtime.Proposal;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Opens a session: its entry's index is the session's id. */
final class OpeningProposal<C, R> extends Proposal {
  private final RaftNode<C, R> node;
  private final SessionKey key;
  private final CompletableFuture<Outcome<RaftSession<C, R>>> outcome = new CompletableFuture<>();

  OpeningProposal(RaftNode<C, R> node, SessionKey key, long deadlineNanos) {
    super(EntryType.SESSION_OPEN, null, key.payload(), deadlineNanos, null);
    this.node = node;
    this.key = key;
  }

  CompletableFuture<Outcome<RaftSession<C, R>>> outcome() {
    return outcome;
  }

  @Override
  protected void committed(long index, @Nullable Object reply, @Nullable Payload encoded) {
    outcome.complete(new Outcome.Committed<>(index, new RaftSession<>(node, index, key)));
  }

  @Override
  protected void refused(Refusal refusal) {
    outcome.complete(new Outcome.NotCommitted<>(refusal, node.runtime().view().leader()));
  }

  @Override
  protected void unknown(String reason) {
    outcome.complete(new Outcome.Unknown<>(reason));
  }
}
