package io.bowline.raft.runtime;

import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Frame;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import org.jspecify.annotations.Nullable;

/** One command on its way, encoded by whoever made it. */
public abstract non-sealed class Proposal extends Call {
  final EntryType type;
  final @Nullable SessionHeader session;
  private final int payloadBytes;

  private @Nullable Payload payload;

  /**
   * The payload belongs to the runtime from now on. With {@code replies} the outcome is told on
   * whichever stage knows it and only adds to that buffer; without, on the callback executor.
   */
  protected Proposal(
      EntryType type,
      @Nullable SessionHeader session,
      Payload payload,
      long deadlineNanos,
      @Nullable ReplyBuffer replies) {
    super(deadlineNanos, replies);
    this.type = type;
    this.session = session;
    this.payload = payload;
    this.payloadBytes = payload.length() + (session == null ? 0 : SessionHeader.BYTES);
  }

  /** Bytes of the payload in its frame. */
  final int payloadBytes() {
    return payloadBytes;
  }

  @Override
  final long heldBytes() {
    return (long) payloadBytes + Frame.HEADER_BYTES;
  }

  /** Raft stage, once, to encode it; what it came in is not kept any longer. */
  final Payload takePayload() {
    Payload taken = payload;
    if (taken == null) {
      throw new IllegalStateException("a proposal is encoded once");
    }
    payload = null;
    return taken;
  }

  /**
   * Applied at {@code index}. Of a command that was a duplicate {@code reply} is null and {@code
   * encoded} what was answered the first time; without a session {@code encoded} is null.
   */
  protected abstract void committed(long index, @Nullable Object reply, @Nullable Payload encoded);

  /** Certainly never applied. */
  protected abstract void refused(Refusal refusal);

  /** Nobody can say. */
  protected abstract void unknown(String reason);
}
