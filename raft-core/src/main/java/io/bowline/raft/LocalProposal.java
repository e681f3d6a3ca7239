package io.bowline.raft;

import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.runtime.Proposal;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A proposal made in this process: ends in a future. */
final class LocalProposal<R> extends Proposal {
  private final RaftNode<?, R> node;
  private final CompletableFuture<Outcome<R>> outcome = new CompletableFuture<>();

  LocalProposal(
      RaftNode<?, R> node,
      EntryType type,
      @Nullable SessionHeader session,
      Payload payload,
      long deadlineNanos) {
    super(type, session, payload, deadlineNanos, null);
    this.node = node;
  }

  CompletableFuture<Outcome<R>> outcome() {
    return outcome;
  }

  @Override
  @SuppressWarnings("unchecked") // CommittedBatch.reply takes nothing but an R
  protected void committed(long index, @Nullable Object reply, @Nullable Payload encoded) {
    R answer = reply != null ? (R) reply : decode(encoded);
    outcome.complete(new Outcome.Committed<>(index, answer));
  }

  private R decode(@Nullable Payload encoded) {
    if (encoded == null) {
      throw new AssertionError("neither reply nor bytes");
    }
    return node.adapter().decodeReply(encoded);
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
