package io.bowline.raft.runtime;

import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One command on its way. Encoded by whoever made it; ends once, whoever is first: the apply stage,
 * the deadline, a refusal or the end of the node.
 */
public abstract class Proposal {
  private static final VarHandle ENDED;

  static {
    try {
      ENDED = MethodHandles.lookup().findVarHandle(Proposal.class, "ended", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final EntryType type;
  final @Nullable SessionHeader session;
  private final int payloadBytes;
  final long deadlineNanos;
  final @Nullable ReplyBuffer replies;

  private @Nullable Payload payload;

  @SuppressWarnings("unused") // by its handle
  private volatile boolean ended;

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
    this.type = type;
    this.session = session;
    this.payload = payload;
    this.payloadBytes = payload.length() + (session == null ? 0 : SessionHeader.BYTES);
    this.deadlineNanos = deadlineNanos;
    this.replies = replies;
  }

  /** Bytes of the payload in its frame. */
  final int payloadBytes() {
    return payloadBytes;
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

  /** True for the first caller only, who then says how it ended. */
  final boolean end() {
    return ENDED.compareAndSet(this, false, true);
  }

  final boolean isEnded() {
    return ended;
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
