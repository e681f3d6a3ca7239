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
    if (reply != null) {
      outcome.complete(new Outcome.Committed<>(index, (R) reply));
      return;
    }
    if (encoded == null) {
      throw new AssertionError("neither reply nor bytes");
    }
    R decoded;
    try {
      decoded = node.adapter().decodeReply(encoded);
    } catch (Throwable e) { // the command has had its effect; its reply is lost
      unknown("it was applied at index " + index + ", but its reply does not decode: " + e);
      return;
    }
    outcome.complete(new Outcome.Committed<>(index, decoded));
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
